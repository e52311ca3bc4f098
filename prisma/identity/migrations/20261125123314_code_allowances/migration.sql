-- CreateTable
CREATE TABLE "code_allowances" (
    "instance_id" TEXT NOT NULL,
    "address_hash" TEXT NOT NULL,
    "taken" INTEGER NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "code_allowances_pkey" PRIMARY KEY ("instance_id","address_hash")
);

-- CreateIndex
CREATE INDEX "code_allowances_by_age" ON "code_allowances"("began_at");
