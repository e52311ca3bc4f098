-- AlterTable
ALTER TABLE "sessions" DROP COLUMN "refresh_token_hash";

-- AlterTable
ALTER TABLE "sign_ups" DROP COLUMN "external_verification_id";

-- AlterTable
ALTER TABLE "users" DROP COLUMN "is_deactivated";
