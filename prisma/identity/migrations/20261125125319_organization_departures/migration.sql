-- CreateTable
CREATE TABLE "departed_organizations" (
    "organization_id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "departed_organizations_pkey" PRIMARY KEY ("organization_id")
);

-- CreateIndex
CREATE INDEX "sessions_in_organization" ON "sessions"("instance_id", "last_active_organization_id");
