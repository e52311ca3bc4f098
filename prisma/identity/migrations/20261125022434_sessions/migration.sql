-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "refreshed_iat" INTEGER,
ADD COLUMN     "reverification_id" TEXT;

-- CreateTable
CREATE TABLE "reverifications" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "first_verification_id" TEXT,
    "second_verification_id" TEXT,
    "abandon_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reverifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "handshakes" (
    "nonce_hash" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "directives" TEXT NOT NULL,
    "expire_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "handshakes_pkey" PRIMARY KEY ("nonce_hash")
);

-- CreateTable
CREATE TABLE "jwt_templates" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "claims" JSONB NOT NULL,
    "lifetime" INTEGER NOT NULL,
    "allowed_clock_skew" INTEGER NOT NULL,
    "signing_algorithm" TEXT NOT NULL,
    "signing_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "jwt_templates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "redirect_urls" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "redirect_urls_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "reverifications_of_session" ON "reverifications"("session_id");

-- CreateIndex
CREATE INDEX "reverifications_by_age" ON "reverifications"("abandon_at");

-- CreateIndex
CREATE INDEX "handshakes_by_expiry" ON "handshakes"("expire_at");

-- CreateIndex
CREATE UNIQUE INDEX "jwt_templates_name" ON "jwt_templates"("instance_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "redirect_urls_url" ON "redirect_urls"("instance_id", "url");
