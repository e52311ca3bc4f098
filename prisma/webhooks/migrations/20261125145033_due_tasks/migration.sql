-- AlterTable
ALTER TABLE "background_tasks" ALTER COLUMN "lease_until" SET DEFAULT '9999-12-31 00:00:00+00'::timestamp with time zone;

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

-- What the version before has begun, by now or while it still runs, is finished by this one when nobody keeps its lease.
INSERT INTO "due_tasks" ("id", "instance_id", "kind", "subject_id", "next_attempt_at")
SELECT gen_random_uuid(), "instance_id", 'background_task', "id", "lease_until" + interval '5 minutes'
FROM "background_tasks" WHERE "status" = 'running';

CREATE FUNCTION "background_tasks_are_due"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "due_tasks" ("id", "instance_id", "kind", "subject_id", "next_attempt_at")
  VALUES (gen_random_uuid(), NEW."instance_id", 'background_task', NEW."id", NEW."lease_until" + interval '5 minutes')
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER "background_tasks_are_due" AFTER INSERT ON "background_tasks"
FOR EACH ROW WHEN (NEW."lease_until" < '9999-12-31 00:00:00+00') EXECUTE FUNCTION "background_tasks_are_due"();
