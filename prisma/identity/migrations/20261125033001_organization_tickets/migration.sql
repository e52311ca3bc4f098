-- AlterTable
ALTER TABLE "sign_ups" ADD COLUMN     "organization_ticket" TEXT;
