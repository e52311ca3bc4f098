-- AlterTable
ALTER TABLE "endpoints" ADD COLUMN     "sealed_headers" TEXT;
