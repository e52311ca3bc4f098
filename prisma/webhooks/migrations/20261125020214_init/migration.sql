-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "outbox" (
    "seq" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "envelope" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "dead_letters" (
    "id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "envelope" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "replayed_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "applications" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "uid" TEXT,
    "kind" TEXT NOT NULL DEFAULT 'events',
    "name" TEXT NOT NULL,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "throttle_rate" INTEGER,
    "associated_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "applications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "endpoints" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "uid" TEXT,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "version" INTEGER NOT NULL DEFAULT 1,
    "filter_types" TEXT[],
    "channels" TEXT[],
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "headers" JSONB NOT NULL DEFAULT '{}',
    "is_disabled" BOOLEAN NOT NULL DEFAULT false,
    "throttle_rate" INTEGER,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "first_failure_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "endpoint_secrets" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "endpoint_secrets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messages" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "event_id" TEXT,
    "event_type" TEXT NOT NULL,
    "subject" TEXT,
    "channels" TEXT[],
    "tags" TEXT[],
    "payload" TEXT,
    "content_type" TEXT,
    "payload_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "deliver_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "message_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "status" SMALLINT NOT NULL DEFAULT 1,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "trigger" SMALLINT NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("message_id","endpoint_id")
);

-- CreateTable
CREATE TABLE "attempts" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "status" SMALLINT NOT NULL,
    "response_status" SMALLINT NOT NULL,
    "response" TEXT NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "trigger" SMALLINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_types" (
    "instance_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "group_name" TEXT,
    "schemas" JSONB,
    "feature_flags" TEXT[],
    "is_archived" BOOLEAN NOT NULL DEFAULT false,
    "is_deprecated" BOOLEAN NOT NULL DEFAULT false,
    "is_deleted" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_types_pkey" PRIMARY KEY ("instance_id","name")
);

-- CreateTable
CREATE TABLE "background_tasks" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "task" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "background_tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal_tokens" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "capabilities" TEXT[],
    "session_id" TEXT,
    "used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "portal_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "inbox_by_age" ON "inbox"("created_at");

-- CreateIndex
CREATE INDEX "applications_by_instance" ON "applications"("instance_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "applications_one_uid" ON "applications"("instance_id", "uid");

-- CreateIndex
CREATE UNIQUE INDEX "applications_one_operational" ON "applications"("instance_id") WHERE (kind = 'operational');

-- CreateIndex
CREATE INDEX "endpoints_by_application" ON "endpoints"("application_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "endpoints_one_uid" ON "endpoints"("application_id", "uid");

-- CreateIndex
CREATE INDEX "endpoint_secrets_by_endpoint" ON "endpoint_secrets"("endpoint_id");

-- CreateIndex
CREATE INDEX "endpoint_secrets_by_expiry" ON "endpoint_secrets"("expires_at") WHERE (expires_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "endpoint_secrets_one_current" ON "endpoint_secrets"("endpoint_id") WHERE (expires_at IS NULL);

-- CreateIndex
CREATE INDEX "messages_by_application" ON "messages"("application_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "messages_by_payload_expiry" ON "messages"("payload_expires_at") WHERE (payload IS NOT NULL);

-- CreateIndex
CREATE INDEX "messages_by_age" ON "messages"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "messages_one_event_id" ON "messages"("application_id", "event_id");

-- CreateIndex
CREATE INDEX "deliveries_due" ON "deliveries"("endpoint_id", "next_attempt_at") WHERE (next_attempt_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "deliveries_by_endpoint" ON "deliveries"("endpoint_id", "created_at", "message_id");

-- CreateIndex
CREATE INDEX "attempts_by_endpoint" ON "attempts"("endpoint_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "attempts_by_message" ON "attempts"("message_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "background_tasks_by_instance" ON "background_tasks"("instance_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "background_tasks_running" ON "background_tasks"("lease_until") WHERE (status = 'running');

-- CreateIndex
CREATE UNIQUE INDEX "portal_tokens_one_hash" ON "portal_tokens"("hash");

-- CreateIndex
CREATE INDEX "portal_tokens_by_application" ON "portal_tokens"("application_id");

-- CreateIndex
CREATE INDEX "portal_tokens_by_expiry" ON "portal_tokens"("expires_at");

-- AddForeignKey
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoint_secrets" ADD CONSTRAINT "endpoint_secrets_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "endpoints"("id") ON DELETE CASCADE ON UPDATE CASCADE;
