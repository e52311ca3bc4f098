import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@latchkey/postgres';
import { external, type Backing, type BackingOptions } from './backing.js';
import { startServerProcess } from './server-process.js';

const VERSION = '4.1.1';
/** Small and quick to start; the default collector and compiler are made for servers that stay. */
const JAVA = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * A single-node Kafka (KRaft) of our own that makes no topics by itself, or the brokers that KAFKA_BROKERS names. Its programs come
 * from Maven once and stay in `.cache/kafka`.
 */
export async function startKafka(options: BackingOptions = {}): Promise<Backing> {
  const given = process.env.KAFKA_BROKERS;
  if (given) return external('KAFKA_BROKERS', given, Number(given.split(',')[0]!.split(':').at(-1)));
  const classPath = join(kafkaPrograms(), '*');
  return startServerProcess({
    ...options,
    name: 'kafka',
    ports: 2,
    command: ([port, controllerPort], folder) => {
      const properties = join(folder, 'server.properties');
      const data = join(folder, 'data');
      writeFileSync(properties, serverProperties(port!, controllerPort!, data));
      if (!existsSync(join(data, 'meta.properties'))) format(classPath, properties);
      return ['java', ...JAVA, '-cp', classPath, 'kafka.Kafka', properties];
    },
    isReady: async ({ log }) => log().includes('Kafka Server started'),
    url: (port) => `127.0.0.1:${port}`,
    portTaken: /Address already in use/,
    startWithinMs: 60_000,
  });
}

function serverProperties(port: number, controllerPort: number, data: string): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    `log.dirs=${data}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    'broker.session.timeout.ms=2000',
    'broker.heartbeat.interval.ms=200',
    '',
  ].join('\n');
}

function format(classPath: string, properties: string): void {
  const id = randomBytes(16).toString('base64url');
  // With "=", for an id may begin with a dash.
  const tool = ['kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '-c', properties];
  const { status, stderr } = spawnSync('java', [...JAVA, '-cp', classPath, ...tool], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Kafka could not prepare its data:\n${stderr.trim()}`);
}

/** The folder of Kafka's jars, fetched when they are not there. */
function kafkaPrograms(): string {
  const folder = join(projectRoot(), '.cache', 'kafka', VERSION);
  if (existsSync(folder)) return folder;
  for (const [command, flag] of [
    ['java', '-version'],
    ['mvn', '-v'],
  ] as const) {
    if (spawnSync(command, [flag]).status === 0) continue;
    throw new Error(
      `Kafka needs ${command} (apt-get install default-jre-headless maven); or name brokers in KAFKA_BROKERS`,
    );
  }
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, 'pom.xml'), POM);
  const fetch = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${join(draft, 'jars')}`];
  const { status, stdout, stderr } = spawnSync('mvn', fetch, { cwd: draft, encoding: 'utf8' });
  try {
    if (status !== 0) throw new Error(`Kafka could not be fetched from Maven:\n${(stdout + stderr).trim()}`);
    renameSync(join(draft, 'jars'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another process was faster
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

const dependency = (group: string, artifact: string, version: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

const POM = `<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', VERSION)}
${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
</dependencies></project>
`;
