-- CreateTable
CREATE TABLE "due_tasks" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "input" JSONB NOT NULL DEFAULT '{}',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "due_tasks_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "due_tasks_due" ON "due_tasks"("next_attempt_at");

-- CreateIndex
CREATE UNIQUE INDEX "due_tasks_one_per_subject" ON "due_tasks"("kind", "subject_id");

-- What the version before has left to do, now or while it still runs, becomes an order like any other.
INSERT INTO "due_tasks" ("id", "instance_id", "kind", "subject_id", "next_attempt_at")
SELECT gen_random_uuid(), "instance_id", 'organization_departed', "organization_id", now() FROM "departed_organizations";

CREATE FUNCTION "departed_organizations_are_due"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "due_tasks" ("id", "instance_id", "kind", "subject_id", "next_attempt_at")
  VALUES (gen_random_uuid(), NEW."instance_id", 'organization_departed', NEW."organization_id", now() + interval '5 minutes')
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER "departed_organizations_are_due" AFTER INSERT ON "departed_organizations"
FOR EACH ROW EXECUTE FUNCTION "departed_organizations_are_due"();
