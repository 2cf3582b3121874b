/** A new box through the whole gateway: add-claim on the command line, the claim over TLS, the first press, a killed gateway, the audit log. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claimLogin, createBox } from '../adapters/mqtt/simulator.ts'
import { openSubjectEdits } from '../gateway/compose/registry-desk.ts'
import { id, type SourceId, type SubjectId, type UserId } from '../gateway/core/brand.ts'
import { EMPTY_REGISTRY } from '../gateway/registry/load.ts'
import { createRegistry } from '../gateway/registry/registry.ts'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { openSqliteStore } from '../gateway/storage/sqlite/store.ts'
import { systemClock } from '../gateway/supervise/clock.ts'
import { freePorts } from '../gateway/testing/ports.ts'
import { prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const KEY = 'box-key-0123456789abcdef'

/** A shop with its box, as the console enters it: it stands in the store alone, not in the registry file. */
async function enterInConsole(dir: string): Promise<void> {
  const store = await openSqliteStore({ dir: dir })
  const edits = await openSubjectEdits(createRegistry(EMPTY_REGISTRY).rows, systemClock, store)
  const box = { id: id<SourceId>('mqtt:linxi/box-77'), subjectId: id<SubjectId>('h-77'), kind: 'alarmBox' as const }
  const row = { id: box.subjectId, kind: 'premises' as const, name: '新开张', address: '文昌街 2 号' }
  const user = { userId: id<UserId>('u1'), login: '10001', name: '吴敏', role: 'administrator' as const }
  const audit = { action: 'subject.save', object: 'subject:h-77', detail: {} }
  await edits.save([{ recordId: row.id, value: { row, sources: [box] }, fields: [] }], user, audit)
  await store.close()
}

test('a box claims with the code of its household, presses, and gets the same log-in after a kill -9', async () => {
  const dir = tempDir('claim-gateway')
  const [port = 0, tlsPort = 0] = await freePorts(2)
  const off = Object.fromEntries(['sip', 'jt808', 'dc09', 'webhook', 'onvif'].map(name => [name, { enabled: false }]))
  const setup = await prepareProcess(dir, SMALL_TOWN, {
    adapters: { ...off, mqtt: { address: '127.0.0.1', port, tlsPort } }
  })
  const addClaim = (...more: string[]) => runCommand(['add-claim', 'mqtt', ...more, '--config', setup.configFile])
  const stranger = await addClaim('linxi/box-99')
  expect([stranger.code, stranger.output]).toEqual([1, expect.stringContaining('not in the registry')])
  expect((await addClaim('linxi/box-03', '--hours', '0')).code).toBe(1)
  await enterInConsole(join(dir, 'data'))
  expect((await addClaim('linxi/box-77')).output).toContain('新开张')

  let gateway = spawnGateway(setup)
  await gateway.ready
  expect(gateway.output()).toMatch(/^warning: registry\.streets names no file/m)
  // The gateway runs while the code is made.
  const made = await addClaim('linxi/box-03', '--hours', '2')
  expect(made.output).toContain('惠民超市')
  const code = /^([0-9A-Z]{4}-){2}[0-9A-Z]{4}/m.exec(made.output)?.[0] ?? ''
  const claim = () => claimLogin({ url: `mqtts://127.0.0.1:${tlsPort}`, code, key: KEY, insecure: true })
  const login = await claim()
  await gateway.kill('SIGKILL')
  gateway = spawnGateway(setup)
  await gateway.ready
  expect(await claim()).toEqual(login)
  const box = createBox({ ...login, url: `mqtt://127.0.0.1:${port}` })
  await box.start()
  await box.press()
  await box.stop()
  await gateway.kill('SIGTERM')

  const db = openReadOnly(join(dir, 'data'))
  const audit = db
    .prepare('SELECT * FROM audit')
    .all()
    .map(row => JSON.stringify(row))
  const signals = db.prepare("SELECT body FROM signals WHERE body LIKE '%linxi/box-03%'").all()
  db.close()
  expect(signals).toHaveLength(1)
  expect(audit.filter(row => row.includes('deviceClaimCode'))).toHaveLength(2)
  expect(audit.filter(row => row.includes('deviceClaim"') || row.includes('deviceClaim\\"'))).toHaveLength(2)
  expect(audit.join('')).not.toContain(login.password)
  expect(audit.join('')).not.toContain(code)
})
