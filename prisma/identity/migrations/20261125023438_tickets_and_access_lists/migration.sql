-- AlterTable
ALTER TABLE "clients" ADD COLUMN     "last_authentication_strategy" TEXT;

-- AlterTable
ALTER TABLE "sign_ins" ADD COLUMN     "organization_id" TEXT,
ADD COLUMN     "session_lifetime" INTEGER;

-- AlterTable
ALTER TABLE "sign_ups" ADD COLUMN     "custom_action" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "sign_in_tokens" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "organization_id" TEXT,
    "status" TEXT NOT NULL,
    "expire_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "actor_tokens" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "expire_at" TIMESTAMPTZ(3) NOT NULL,
    "session_lifetime" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "actor_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "email_address" TEXT NOT NULL,
    "public_metadata" JSONB NOT NULL DEFAULT '{}',
    "redirect_url" TEXT,
    "status" TEXT NOT NULL,
    "pending_as" TEXT,
    "expire_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allowlist_identifiers" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "identifier_type" TEXT NOT NULL,
    "invitation_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "allowlist_identifiers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blocklist_identifiers" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "identifier_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blocklist_identifiers_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "sign_in_tokens_of_user" ON "sign_in_tokens"("user_id");

-- CreateIndex
CREATE INDEX "sign_in_tokens_by_expiry" ON "sign_in_tokens"("expire_at");

-- CreateIndex
CREATE INDEX "actor_tokens_of_user" ON "actor_tokens"("user_id");

-- CreateIndex
CREATE INDEX "actor_tokens_by_expiry" ON "actor_tokens"("expire_at");

-- CreateIndex
CREATE INDEX "invitations_of_instance" ON "invitations"("instance_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "invitations_by_address" ON "invitations"("instance_id", "email_address");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_one_pending" ON "invitations"("instance_id", "pending_as");

-- CreateIndex
CREATE UNIQUE INDEX "allowlist_identifiers_identifier" ON "allowlist_identifiers"("instance_id", "identifier");

-- CreateIndex
CREATE UNIQUE INDEX "blocklist_identifiers_identifier" ON "blocklist_identifiers"("instance_id", "identifier");
