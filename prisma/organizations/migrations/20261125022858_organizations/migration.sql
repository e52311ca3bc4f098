-- CreateTable
CREATE TABLE "organizations" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT,
    "logo_id" TEXT,
    "public_metadata" JSONB NOT NULL DEFAULT '{}',
    "private_metadata" JSONB NOT NULL DEFAULT '{}',
    "members_count" INTEGER NOT NULL DEFAULT 0,
    "pending_invitations_count" INTEGER NOT NULL DEFAULT 0,
    "max_allowed_memberships" INTEGER NOT NULL,
    "admin_delete_enabled" BOOLEAN NOT NULL,
    "created_by" TEXT,
    "role_set_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role_id" TEXT NOT NULL,
    "public_metadata" JSONB NOT NULL DEFAULT '{}',
    "private_metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_profiles" (
    "user_id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT,
    "username" TEXT,
    "email_addresses" TEXT[],
    "phone_numbers" TEXT[],
    "web3_wallets" TEXT[],
    "last_active_at" TIMESTAMPTZ(3),
    "public_user_data" JSONB NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_profiles_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "roles" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "permissions" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "permissions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_permissions" (
    "instance_id" TEXT NOT NULL,
    "role_id" TEXT NOT NULL,
    "permission_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "role_permissions_once" PRIMARY KEY ("role_id","permission_id")
);

-- CreateTable
CREATE TABLE "role_sets" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "initial_of" TEXT,
    "default_role_id" TEXT NOT NULL,
    "creator_role_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "role_sets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_set_roles" (
    "instance_id" TEXT NOT NULL,
    "role_set_id" TEXT NOT NULL,
    "role_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "role_set_roles_once" PRIMARY KEY ("role_set_id","role_id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "email_address" TEXT NOT NULL,
    "pending_address" TEXT,
    "role_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "inviter_id" TEXT,
    "public_metadata" JSONB NOT NULL DEFAULT '{}',
    "private_metadata" JSONB NOT NULL DEFAULT '{}',
    "redirect_url" TEXT,
    "ticket_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "domain_id" TEXT,
    "accepted_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_domains" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "verified_name" TEXT,
    "enrollment_mode" TEXT NOT NULL,
    "affiliation_email_address" TEXT,
    "affiliation_status" TEXT,
    "affiliation_strategy" TEXT NOT NULL DEFAULT 'email_code',
    "affiliation_attempts" INTEGER NOT NULL DEFAULT 0,
    "affiliation_code_mac" TEXT,
    "affiliation_expire_at" TIMESTAMPTZ(3),
    "affiliation_verified_at" TIMESTAMPTZ(3),
    "ownership_status" TEXT,
    "ownership_strategy" TEXT NOT NULL DEFAULT 'txt',
    "ownership_attempts" INTEGER NOT NULL DEFAULT 0,
    "ownership_txt_name" TEXT,
    "ownership_txt_value" TEXT,
    "ownership_expire_at" TIMESTAMPTZ(3),
    "ownership_verified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suggestions" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "domain_id" TEXT,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suggestions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership_requests" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "pending_user" TEXT,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "logos" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "logos_pkey" PRIMARY KEY ("id")
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

-- CreateIndex
CREATE INDEX "organizations_by_age" ON "organizations"("instance_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "organizations_by_name" ON "organizations"("instance_id", "name");

-- CreateIndex
CREATE INDEX "organizations_by_members" ON "organizations"("instance_id", "members_count");

-- CreateIndex
CREATE INDEX "organizations_by_creator" ON "organizations"("instance_id", "created_by");

-- CreateIndex
CREATE INDEX "organizations_of_role_set" ON "organizations"("role_set_id");

-- CreateIndex
CREATE UNIQUE INDEX "organizations_slug" ON "organizations"("instance_id", "slug");

-- CreateIndex
CREATE INDEX "memberships_of_user" ON "memberships"("instance_id", "user_id", "created_at");

-- CreateIndex
CREATE INDEX "memberships_by_age" ON "memberships"("organization_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "memberships_of_instance" ON "memberships"("instance_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "memberships_of_role" ON "memberships"("organization_id", "role_id");

-- CreateIndex
CREATE INDEX "memberships_by_role" ON "memberships"("role_id");

-- CreateIndex
CREATE UNIQUE INDEX "memberships_one_per_user" ON "memberships"("organization_id", "user_id");

-- CreateIndex
CREATE INDEX "user_profiles_of_instance" ON "user_profiles"("instance_id");

-- CreateIndex
CREATE UNIQUE INDEX "roles_key" ON "roles"("instance_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "permissions_key" ON "permissions"("instance_id", "key");

-- CreateIndex
CREATE INDEX "role_permissions_of_permission" ON "role_permissions"("permission_id");

-- CreateIndex
CREATE UNIQUE INDEX "role_sets_key" ON "role_sets"("instance_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "role_sets_one_initial" ON "role_sets"("initial_of");

-- CreateIndex
CREATE INDEX "role_set_roles_of_role" ON "role_set_roles"("role_id");

-- CreateIndex
CREATE INDEX "invitations_by_age" ON "invitations"("organization_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "invitations_of_instance" ON "invitations"("instance_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "invitations_of_address" ON "invitations"("instance_id", "email_address", "created_at");

-- CreateIndex
CREATE INDEX "invitations_due" ON "invitations"("status", "expires_at");

-- CreateIndex
CREATE INDEX "invitations_by_role" ON "invitations"("role_id");

-- CreateIndex
CREATE INDEX "invitations_of_domain" ON "invitations"("domain_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_one_pending" ON "invitations"("organization_id", "pending_address");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_ticket" ON "invitations"("ticket_hash");

-- CreateIndex
CREATE INDEX "organization_domains_of_instance" ON "organization_domains"("instance_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "organization_domains_name" ON "organization_domains"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "organization_domains_verified_name" ON "organization_domains"("instance_id", "verified_name");

-- CreateIndex
CREATE INDEX "suggestions_of_user" ON "suggestions"("instance_id", "user_id", "created_at");

-- CreateIndex
CREATE INDEX "suggestions_of_domain" ON "suggestions"("domain_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "suggestions_one_per_user" ON "suggestions"("organization_id", "user_id");

-- CreateIndex
CREATE INDEX "membership_requests_of_organization" ON "membership_requests"("organization_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "membership_requests_of_user" ON "membership_requests"("instance_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "membership_requests_one_pending" ON "membership_requests"("organization_id", "pending_user");

-- CreateIndex
CREATE INDEX "queued_messages_due" ON "queued_messages"("sent_at", "next_attempt_at");

-- AddForeignKey
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_role_set_id_fkey" FOREIGN KEY ("role_set_id") REFERENCES "role_sets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_permissions" ADD CONSTRAINT "role_permissions_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_permissions" ADD CONSTRAINT "role_permissions_permission_id_fkey" FOREIGN KEY ("permission_id") REFERENCES "permissions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_set_roles" ADD CONSTRAINT "role_set_roles_role_set_id_fkey" FOREIGN KEY ("role_set_id") REFERENCES "role_sets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_set_roles" ADD CONSTRAINT "role_set_roles_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "organization_domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_domains" ADD CONSTRAINT "organization_domains_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "suggestions" ADD CONSTRAINT "suggestions_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "suggestions" ADD CONSTRAINT "suggestions_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "organization_domains"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership_requests" ADD CONSTRAINT "membership_requests_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;
