/** A webhook over a kill -9: curl posts signed by openssl, the gateway is killed after its answer and at once after the next; sent again, each is one alarm. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { openReadOnly } from '../gateway/storage/sqlite/open.ts'
import { type GatewayProcess, prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const run = promisify(execFile)
let gateway: GatewayProcess | undefined
afterEach(() => gateway?.kill('SIGKILL'))

const registry = {
  ...SMALL_TOWN,
  sources: [{ id: 'webhook:linxi/school-1', subjectId: 'shop', kind: 'alarmBox' }]
}

/** As the README tells an engineer: the HTTP status, `000` when nobody answered. */
async function post(port: number, secret: string, eventId: string): Promise<string> {
  const body = JSON.stringify({ v: 1, eventId, type: 'panic' })
  const script = [
    't=$(date +%s)',
    `s=$(printf '%s.%s' "$t" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.*= //')`,
    'curl -s -o /dev/null -w "%{http_code}" -H "X-Pingan-Timestamp: $t" -H "X-Pingan-Signature: sha256=$s" --data-binary "$BODY" "$URL" || true'
  ].join('\n')
  const env = { ...process.env, BODY: body, SECRET: secret, URL: `http://127.0.0.1:${port}/v1/linxi/school-1/alarm` }
  return (await run('sh', ['-c', script], { env })).stdout.trim()
}

it('killed between posts and sent again: exactly one signal and one press for each', async () => {
  const setup = await prepareProcess(tempDir('webhook-kill'), registry)
  const common = ['--config', setup.configFile]
  gateway = spawnGateway(setup)
  await gateway.ready
  await gateway.kill('SIGTERM')
  const made = await runCommand(['add-device', 'webhook', 'linxi/school-1', ...common])
  const secret = / {2}(\S+) {2}\(shown once\)/.exec(made.output)?.[1] ?? ''
  const port = setup.ports.webhook
  gateway = spawnGateway(setup)
  await gateway.ready
  expect(await post(port, secret, 'e1')).toBe('200')
  await gateway.kill('SIGKILL')
  expect(await post(port, secret, 'e2')).toBe('000')
  gateway = spawnGateway(setup)
  await gateway.ready
  // What was answered is sent again all the same; another is under way when the gateway dies.
  expect(await post(port, secret, 'e1')).toBe('200')
  const [underWay] = await Promise.all([post(port, secret, 'e2'), gateway.kill('SIGKILL')])
  expect(['200', '000']).toContain(underWay)
  gateway = spawnGateway(setup)
  await gateway.ready
  for (const eventId of ['e2', 'e1', 'e2']) expect(await post(port, secret, eventId)).toBe('200')
  await until('all is worked', async () =>
    /^pingan_queue 0$/m.test(await (await fetch(`http://127.0.0.1:${setup.ports.http}/metrics`)).text())
  )
  await gateway.kill('SIGTERM')
  const db = openReadOnly(join(setup.dir, 'data'))
  const bodies = (sql: string) => (db.prepare(sql).all() as { body: string }[]).map(row => JSON.parse(row.body))
  const events = bodies('SELECT body FROM signals').map(signal => signal.eventId)
  const presses = bodies('SELECT body FROM incidents').map(incident => incident.presses)
  db.close()
  expect(events.sort()).toEqual(['e1', 'e2'])
  expect(presses).toEqual([2])
  expect((await runCommand(['verify', ...common])).output).toContain('all invariants hold')
})
