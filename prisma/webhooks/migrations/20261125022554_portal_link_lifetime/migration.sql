-- AlterTable
ALTER TABLE "portal_tokens" ADD COLUMN     "lifetime" INTEGER NOT NULL DEFAULT 0;
