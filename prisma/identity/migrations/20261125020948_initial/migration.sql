-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "applications" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "applications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instances" (
    "id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "publishable_key" TEXT NOT NULL,
    "frontend_api" TEXT NOT NULL,
    "fapi_url" TEXT NOT NULL,
    "declared_as" TEXT,
    "settings" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instances_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance_hosts" (
    "host" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instance_hosts_pkey" PRIMARY KEY ("host")
);

-- CreateTable
CREATE TABLE "secret_keys" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_pem" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "clients" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "rotating_token" TEXT NOT NULL,
    "previous_token" TEXT,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL,
    "last_active_session_id" TEXT,
    "sign_in_id" TEXT,
    "sign_up_id" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "clients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dev_browsers" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "client_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dev_browsers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "actor" JSONB,
    "last_active_organization_id" TEXT,
    "last_active_at" TIMESTAMPTZ(3) NOT NULL,
    "expire_at" TIMESTAMPTZ(3) NOT NULL,
    "abandon_at" TIMESTAMPTZ(3) NOT NULL,
    "first_factor_at" TIMESTAMPTZ(3),
    "second_factor_at" TIMESTAMPTZ(3),
    "activity" JSONB NOT NULL,
    "refresh_token_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "external_id" TEXT,
    "username" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "locale" TEXT,
    "image_id" TEXT,
    "primary_email_address_id" TEXT,
    "primary_phone_number_id" TEXT,
    "password_digest" TEXT,
    "password_hasher" TEXT,
    "password_updated_at" TIMESTAMPTZ(3),
    "password_compromised" BOOLEAN NOT NULL DEFAULT false,
    "totp_secret" TEXT,
    "totp_verified_at" TIMESTAMPTZ(3),
    "totp_last_step" INTEGER,
    "backup_code_hashes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "backup_codes_at" TIMESTAMPTZ(3),
    "public_metadata" JSONB NOT NULL DEFAULT '{}',
    "private_metadata" JSONB NOT NULL DEFAULT '{}',
    "unsafe_metadata" JSONB NOT NULL DEFAULT '{}',
    "is_banned" BOOLEAN NOT NULL DEFAULT false,
    "is_deactivated" BOOLEAN NOT NULL DEFAULT false,
    "failed_attempts" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    "is_locked" BOOLEAN NOT NULL DEFAULT false,
    "delete_self_enabled" BOOLEAN NOT NULL DEFAULT true,
    "create_organization_enabled" BOOLEAN NOT NULL DEFAULT true,
    "create_organizations_limit" INTEGER,
    "bypass_client_trust" BOOLEAN NOT NULL DEFAULT false,
    "legal_accepted_at" TIMESTAMPTZ(3),
    "last_sign_in_at" TIMESTAMPTZ(3),
    "last_active_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "email_addresses" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "email_address" TEXT NOT NULL,
    "verification_id" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "reserved_as" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "email_addresses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "phone_numbers" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "verification_id" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "reserved_as" TEXT,
    "reserved_for_second_factor" BOOLEAN NOT NULL DEFAULT false,
    "default_second_factor" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "phone_numbers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verifications" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "strategy" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "secret_hash" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "expire_at" TIMESTAMPTZ(3),
    "details" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_ins" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "identifier" TEXT,
    "user_id" TEXT,
    "first_verification_id" TEXT,
    "second_verification_id" TEXT,
    "created_session_id" TEXT,
    "actor" JSONB,
    "abandon_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_ins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_ups" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "email_address" TEXT,
    "phone_number" TEXT,
    "username" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "password_digest" TEXT,
    "email_verification_id" TEXT,
    "phone_verification_id" TEXT,
    "external_verification_id" TEXT,
    "unsafe_metadata" JSONB NOT NULL DEFAULT '{}',
    "public_metadata" JSONB NOT NULL DEFAULT '{}',
    "invitation_id" TEXT,
    "external_id" TEXT,
    "locale" TEXT,
    "legal_accepted_at" TIMESTAMPTZ(3),
    "created_session_id" TEXT,
    "created_user_id" TEXT,
    "abandon_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_ups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "queued_messages" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "to_address" TEXT NOT NULL,
    "subject" TEXT,
    "text" TEXT NOT NULL,
    "html" TEXT,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "last_error" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "queued_messages_pkey" PRIMARY KEY ("id")
);

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

-- CreateIndex
CREATE UNIQUE INDEX "instances_publishable_key" ON "instances"("publishable_key");

-- CreateIndex
CREATE UNIQUE INDEX "instances_frontend_api" ON "instances"("frontend_api");

-- CreateIndex
CREATE UNIQUE INDEX "instances_declared_as" ON "instances"("declared_as");

-- CreateIndex
CREATE INDEX "instance_hosts_of_instance" ON "instance_hosts"("instance_id");

-- CreateIndex
CREATE INDEX "secret_keys_of_instance" ON "secret_keys"("instance_id");

-- CreateIndex
CREATE UNIQUE INDEX "secret_keys_hash" ON "secret_keys"("hash");

-- CreateIndex
CREATE INDEX "signing_keys_of_instance" ON "signing_keys"("instance_id", "created_at");

-- CreateIndex
CREATE INDEX "clients_of_instance" ON "clients"("instance_id", "created_at");

-- CreateIndex
CREATE INDEX "sessions_of_client" ON "sessions"("client_id", "status");

-- CreateIndex
CREATE INDEX "sessions_of_user" ON "sessions"("instance_id", "user_id", "status");

-- CreateIndex
CREATE INDEX "sessions_of_instance" ON "sessions"("instance_id", "created_at");

-- CreateIndex
CREATE INDEX "sessions_to_expire" ON "sessions"("status", "expire_at");

-- CreateIndex
CREATE INDEX "sessions_to_abandon" ON "sessions"("status", "abandon_at");

-- CreateIndex
CREATE INDEX "users_of_instance" ON "users"("instance_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "users_by_update" ON "users"("instance_id", "updated_at");

-- CreateIndex
CREATE INDEX "users_by_activity" ON "users"("instance_id", "last_active_at");

-- CreateIndex
CREATE INDEX "users_by_sign_in" ON "users"("instance_id", "last_sign_in_at");

-- CreateIndex
CREATE UNIQUE INDEX "users_external_id" ON "users"("instance_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_username" ON "users"("instance_id", "username");

-- CreateIndex
CREATE INDEX "email_addresses_by_address" ON "email_addresses"("instance_id", "email_address");

-- CreateIndex
CREATE INDEX "email_addresses_of_user" ON "email_addresses"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "email_addresses_reserved" ON "email_addresses"("instance_id", "reserved_as");

-- CreateIndex
CREATE INDEX "phone_numbers_by_number" ON "phone_numbers"("instance_id", "phone_number");

-- CreateIndex
CREATE INDEX "phone_numbers_of_user" ON "phone_numbers"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "phone_numbers_reserved" ON "phone_numbers"("instance_id", "reserved_as");

-- CreateIndex
CREATE INDEX "verifications_by_expiry" ON "verifications"("expire_at");

-- CreateIndex
CREATE INDEX "sign_ins_of_client" ON "sign_ins"("client_id");

-- CreateIndex
CREATE INDEX "sign_ins_by_age" ON "sign_ins"("abandon_at");

-- CreateIndex
CREATE INDEX "sign_ups_of_client" ON "sign_ups"("client_id");

-- CreateIndex
CREATE INDEX "sign_ups_by_age" ON "sign_ups"("abandon_at");

-- CreateIndex
CREATE INDEX "queued_messages_due" ON "queued_messages"("sent_at", "next_attempt_at");

-- CreateIndex
CREATE INDEX "inbox_by_age" ON "inbox"("created_at");

-- AddForeignKey
ALTER TABLE "instances" ADD CONSTRAINT "instances_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "applications"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_addresses" ADD CONSTRAINT "email_addresses_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_addresses" ADD CONSTRAINT "email_addresses_verification_id_fkey" FOREIGN KEY ("verification_id") REFERENCES "verifications"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_numbers" ADD CONSTRAINT "phone_numbers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_numbers" ADD CONSTRAINT "phone_numbers_verification_id_fkey" FOREIGN KEY ("verification_id") REFERENCES "verifications"("id") ON DELETE SET NULL ON UPDATE CASCADE;
