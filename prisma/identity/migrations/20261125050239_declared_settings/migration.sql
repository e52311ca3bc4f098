-- AlterTable
ALTER TABLE "instances" ADD COLUMN     "declared_settings" JSONB;
