-- DropIndex
DROP INDEX "membership_requests_of_organization";

-- DropIndex
DROP INDEX "memberships_of_role";

-- DropIndex
DROP INDEX "memberships_of_user";

-- DropIndex
DROP INDEX "organizations_by_members";

-- DropIndex
DROP INDEX "organizations_by_name";

-- DropIndex
DROP INDEX "user_profiles_of_instance";

-- AlterTable
ALTER TABLE "user_profiles" ADD COLUMN     "search" TEXT NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "invitations_by_address" ON "invitations"("organization_id", "email_address", "id");

-- CreateIndex
CREATE INDEX "invitations_by_status" ON "invitations"("organization_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "invitations_by_expiry" ON "invitations"("instance_id", "expires_at", "id");

-- CreateIndex
CREATE INDEX "membership_requests_of_organization" ON "membership_requests"("organization_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "membership_requests_by_age" ON "membership_requests"("organization_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "memberships_of_user" ON "memberships"("instance_id", "user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "memberships_of_role" ON "memberships"("organization_id", "role_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "organization_domains_by_name" ON "organization_domains"("instance_id", "name", "id");

-- CreateIndex
CREATE INDEX "organizations_by_name" ON "organizations"("instance_id", "name", "id");

-- CreateIndex
CREATE INDEX "organizations_by_members" ON "organizations"("instance_id", "members_count", "id");

-- CreateIndex
CREATE INDEX "user_profiles_by_first_name" ON "user_profiles"("instance_id", "first_name" NULLS FIRST, "user_id");

-- CreateIndex
CREATE INDEX "user_profiles_by_last_name" ON "user_profiles"("instance_id", "last_name" NULLS FIRST, "user_id");

-- CreateIndex
CREATE INDEX "user_profiles_by_username" ON "user_profiles"("instance_id", "username" NULLS FIRST, "user_id");

-- CreateIndex
CREATE INDEX "user_profiles_by_activity" ON "user_profiles"("instance_id", "last_active_at");

-- CreateIndex
CREATE INDEX "user_profiles_email_addresses" ON "user_profiles" USING GIN ("email_addresses");

-- CreateIndex
CREATE INDEX "user_profiles_phone_numbers" ON "user_profiles" USING GIN ("phone_numbers");

-- CreateIndex
CREATE INDEX "user_profiles_web3_wallets" ON "user_profiles" USING GIN ("web3_wallets");

-- Addresses are the first ones of lists: expressions, which the schema cannot say, so that it does not have to. Nulls stand
-- first, so that one index is read in ascending and in descending order.
CREATE INDEX "user_profiles_by_email_address" ON "user_profiles"("instance_id", ("email_addresses"[1]) NULLS FIRST, "user_id");
CREATE INDEX "user_profiles_by_phone_number" ON "user_profiles"("instance_id", ("phone_numbers"[1]) NULLS FIRST, "user_id");

-- What a search looks through is written by the database, so that an older version that still runs leaves nothing out.
CREATE FUNCTION "user_profiles_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := lower(concat_ws(E'\n', concat_ws(' ', NEW.first_name, NEW.last_name), NEW.username,
    array_to_string(NEW.email_addresses, E'\n'), array_to_string(NEW.phone_numbers, E'\n'), array_to_string(NEW.web3_wallets, E'\n')));
  RETURN NEW;
END $$;
CREATE TRIGGER "user_profiles_search" BEFORE INSERT OR UPDATE ON "user_profiles"
  FOR EACH ROW EXECUTE FUNCTION "user_profiles_search"();
UPDATE "user_profiles" SET "search" = '';

-- Trigrams find a text inside of others without reading every row.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "user_profiles_containing" ON "user_profiles" USING gin ("search" gin_trgm_ops);
CREATE INDEX "organizations_containing_name" ON "organizations" USING gin ("name" gin_trgm_ops);
CREATE INDEX "organizations_containing_slug" ON "organizations" USING gin ("slug" gin_trgm_ops);
CREATE INDEX "invitations_containing" ON "invitations" USING gin ("email_address" gin_trgm_ops);
CREATE INDEX "organization_domains_containing" ON "organization_domains" USING gin ("name" gin_trgm_ops);
