-- DropIndex
DROP INDEX "verifications_by_expiry";

-- CreateIndex
CREATE INDEX "clients_by_update" ON "clients"("updated_at", "id");

-- CreateIndex
CREATE INDEX "dev_browsers_by_update" ON "dev_browsers"("updated_at", "id");

-- CreateIndex
CREATE INDEX "email_addresses_by_verification" ON "email_addresses"("verification_id");

-- CreateIndex
CREATE INDEX "phone_numbers_by_verification" ON "phone_numbers"("verification_id");

-- CreateIndex
CREATE INDEX "sessions_over" ON "sessions"("updated_at") WHERE (status <> 'active' AND status <> 'pending');

-- CreateIndex
CREATE INDEX "verifications_by_age" ON "verifications"("created_at", "id");
