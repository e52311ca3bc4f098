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

-- CreateTable
CREATE TABLE "domain_code_limits" (
    "instance_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "codes" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "domain_code_limits_pkey" PRIMARY KEY ("user_id","name")
);

-- CreateIndex
CREATE INDEX "due_tasks_due" ON "due_tasks"("next_attempt_at");

-- CreateIndex
CREATE UNIQUE INDEX "due_tasks_one_per_subject" ON "due_tasks"("kind", "subject_id");

-- CreateIndex
CREATE INDEX "domain_code_limits_by_age" ON "domain_code_limits"("last_at");
