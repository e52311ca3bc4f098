import { PrismaClient, type Prisma } from './generated/prisma/client.js';

/** The database of this service. */
export abstract class OrganizationsDb extends PrismaClient {}

/** A transaction on it. */
export type Tx = Prisma.TransactionClient;
