-- AlterTable
ALTER TABLE "memberships" ADD COLUMN     "granted_at" TIMESTAMPTZ(3);
