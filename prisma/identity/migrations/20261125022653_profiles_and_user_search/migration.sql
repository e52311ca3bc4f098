-- AlterTable
ALTER TABLE "users" ADD COLUMN     "mfa_disabled_at" TIMESTAMPTZ(3),
ADD COLUMN     "mfa_enabled_at" TIMESTAMPTZ(3),
ADD COLUMN     "timezone" TEXT,
ADD COLUMN     "totp_created_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "images" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "user_id" TEXT,
    "name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "images_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "images_of_user" ON "images"("user_id");

-- Partial matches (`query`, `email_address_query`, ...) look inside texts: trigrams find them without reading every row.
-- Expressions, which the schema cannot say, so that it does not have to.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "email_addresses_search" ON "email_addresses" USING gin (lower("email_address") gin_trgm_ops);
CREATE INDEX "phone_numbers_search" ON "phone_numbers" USING gin (lower("phone_number") gin_trgm_ops);
CREATE INDEX "users_search_username" ON "users" USING gin (lower("username") gin_trgm_ops);
CREATE INDEX "users_search_name" ON "users" USING gin (lower(coalesce("first_name", '') || ' ' || coalesce("last_name", '')) gin_trgm_ops);

-- Who never signed in comes first in ascending and last in descending order, read from the index both ways.
DROP INDEX "users_by_activity";
DROP INDEX "users_by_sign_in";
CREATE INDEX "users_by_activity" ON "users"("instance_id", "last_active_at" NULLS FIRST, "id");
CREATE INDEX "users_by_sign_in" ON "users"("instance_id", "last_sign_in_at" NULLS FIRST, "id");
