-- AlterTable
ALTER TABLE "deliveries" ADD COLUMN     "held_by" INTEGER;

-- CreateTable
CREATE TABLE "replicas" (
    "id" SERIAL NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "replicas_pkey" PRIMARY KEY ("id")
);
