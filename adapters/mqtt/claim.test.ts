/** Claiming a log-in: our own box and mosquitto_rr, over TLS; one code, one box, few attempts, and nobody locked out by a crash. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import mqtt from 'mqtt'
import { generate } from 'selfsigned'
import Schema from 'typebox/schema'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { createFakeHost, type FakeHost } from '../../gateway/testing/fake-host.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { codeOf, newCode } from './claim-code.ts'
import { type ClaimSettings, config } from './config.ts'
import { createMqttAdapter, definition } from './index.ts'
import { claimLogin, createBox } from './simulator.ts'

const run = promisify(execFile)
const KEY = 'box-key-0123456789abcdef'
const SOURCE = 'linxi/box-22'

interface Running {
  readonly fake: FakeHost
  readonly url: string
  readonly plainUrl: string
  readonly tlsPort: number
  readonly code: string
  /** Files of the authority that mosquitto's clients check against. */
  readonly caFile: string
}

const schema = (name: string) =>
  JSON.parse(readFileSync(new URL(`./schema/${name}.json`, import.meta.url), 'utf8')) as object

const certificate = generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]
} as never)

function stored(atMs = Date.now() + 3_600_000) {
  const made = definition.newClaim?.(SOURCE, atMs)
  if (!made) throw new Error('no code')
  return made
}

async function withBroker(
  work: (running: Running) => Promise<void>,
  claim: Partial<ClaimSettings> = {},
  made = stored()
): Promise<void> {
  const fake = createFakeHost({ credentials: { [made.storedAs]: made.secret, 'linxi/box-04': 'secret-4' } })
  const base = Value.Parse(config, Value.Default(config, {}))
  const { private: key, cert } = await certificate
  const adapter = createMqttAdapter(
    { ...base, address: '127.0.0.1', port: 0, tlsPort: 0, claim: { ...base.claim, perAddress: 100, ...claim } },
    { site: 'linxi', assetsDir: '.', tls: { key, cert } }
  )
  const abort = new AbortController()
  const done = adapter.run(fake.host, abort.signal)
  const portOf = (protocol: string) =>
    until(`${protocol} listens`, () => fake.endpoints.find(each => each.protocol === protocol)?.port)
  const [port, tlsPort] = await Promise.all([portOf('tcp'), portOf('tls')])
  const caFile = join(tempDir('claim'), 'ca.crt')
  writeFileSync(caFile, cert)
  try {
    const urls = { url: `mqtts://127.0.0.1:${tlsPort}`, plainUrl: `mqtt://127.0.0.1:${port}` }
    await work({ fake, ...urls, tlsPort, code: made.code, caFile })
  } finally {
    abort.abort()
    await done
  }
}

const reasons = ({ fake }: Running) =>
  fake.rejections.map(each => each.reason).filter(reason => reason.startsWith('claim'))
const claim = ({ url, code }: Running, key = KEY) => claimLogin({ url, code, key, insecure: true })

describe('claiming', () => {
  test('a box gets its own log-in, presses with it and may use no other topics; what was stored stands on record', () =>
    withBroker(async running => {
      const login = await claim(running)
      expect(Schema.Check(schema('claim-answer'), login)).toBe(true)
      expect(Schema.Check(schema('claim-answer'), { v: 1, error: 'taken' })).toBe(true)
      expect(Schema.Check(schema('claim-request'), { v: 1, key: KEY })).toBe(true)
      expect(Schema.Check(schema('claim-request'), { v: 1, key: 'short' })).toBe(false)
      expect(login).toMatchObject({ username: SOURCE, site: 'linxi', source: 'box-22' })
      const box = createBox({ ...login, url: running.plainUrl })
      await box.start()
      await box.press()
      expect(running.fake.signals).toMatchObject([{ sourceId: 'mqtt:linxi/box-22', verified: true }])
      await box.stop()
      const saved = running.fake.saved.map(({ action, object, detail }) => ({ action, object, ...detail }))
      expect(saved).toMatchObject([
        { action: 'deviceClaim', object: 'mqtt:linxi/box-22', step: 'bound' },
        { action: 'deviceClaim', object: 'mqtt:linxi/box-22', step: 'issued' }
      ])
      expect(JSON.stringify(saved)).not.toContain(login.password)
    }))

  test('mosquitto_rr claims over TLS, mosquitto_pub presses with what it got', () =>
    withBroker(async ({ fake, tlsPort, code, caFile }) => {
      const to = ['-h', '127.0.0.1', '-p', String(tlsPort), '--cafile', caFile, '-V', 'mqttv311']
      const request = JSON.stringify({ v: 1, key: KEY })
      const topics = ['-t', 'v1/claim/request', '-e', 'v1/claim/answer']
      const { stdout } = await run(
        'mosquitto_rr',
        [...to, '-u', 'claim', '-P', code.toLowerCase(), '-q', '1', ...topics, '-m', request, '-W', '10'],
        { timeout: 60_000 }
      )
      const { username, password } = JSON.parse(stdout) as Record<string, string>
      const alarm = ['-t', 'v1/linxi/box-22/alarm', '-m', '{"v":1,"eventId":"m1","type":"panic"}']
      await run('mosquitto_pub', [...to, '-u', username ?? '', '-P', password ?? '', '-q', '1', ...alarm])
      expect(fake.signals).toMatchObject([{ sourceId: 'mqtt:linxi/box-22', eventId: 'm1' }])
    }))

  test('the same box gets the same log-in again, also after a crash at either step; another box gets nothing', () =>
    withBroker(async running => {
      const { fake } = running
      const { saveCredential } = fake.host
      if (!saveCredential) throw new Error('no store')
      // The first life dies after binding, the second after issuing, before the answer.
      let writes = 0
      fake.host.saveCredential = async (...all) => {
        writes += 1
        if (writes === 2) throw new Error('killed')
        await saveCredential(...all)
        if (writes === 3) throw new Error('killed')
      }
      await expect(claim(running)).rejects.toThrow()
      await expect(claim(running, 'another-box-0123456789')).rejects.toThrow('taken')
      await expect(claim(running)).rejects.toThrow()
      const login = await claim(running)
      expect(await claim(running)).toEqual(login)
      await expect(claim(running, 'another-box-0123456789')).rejects.toThrow('taken')
      expect(await fake.host.credential(SOURCE)).toMatchObject({ password: login.password })
      expect(reasons(running).filter(reason => reason === 'claimTaken')).toHaveLength(2)
    }))

  test('two boxes with one code at the same moment: one of them', () =>
    withBroker(async running => {
      const both = await Promise.allSettled([
        claim(running, 'box-a-0123456789abc'),
        claim(running, 'box-b-0123456789abc')
      ])
      expect(both.map(each => each.status).sort()).toEqual(['fulfilled', 'rejected'])
    }))

  test('not without TLS unless that is allowed, not with a wrong or an old code', async () => {
    await withBroker(async running => {
      await expect(claim({ ...running, url: running.plainUrl })).rejects.toThrow()
      await expect(claim({ ...running, code: newCode() })).rejects.toThrow()
      await expect(claim({ ...running, code: 'nothing' })).rejects.toThrow()
      expect(reasons(running)).toEqual(['claimPlain', 'claimRefused', 'claimRefused'])
      expect(running.fake.saved).toEqual([])
    })
    await withBroker(
      async running =>
        void expect(await claim({ ...running, url: running.plainUrl })).toMatchObject({ username: SOURCE }),
      { allowPlain: true }
    )
    await withBroker(async running => void (await expect(claim(running)).rejects.toThrow()), {}, stored(Date.now() - 1))
    await withBroker(async running => void (await expect(claim(running)).rejects.toThrow()), { enabled: false })
  })

  test('attempts are bounded by address: beyond them even the right code does not open', () =>
    withBroker(
      async running => {
        for (let n = 0; n < 3; n++) await expect(claim({ ...running, code: newCode() })).rejects.toThrow()
        await expect(claim(running)).rejects.toThrow()
        expect(reasons(running)).toEqual(['claimRefused', 'claimRefused', 'claimRefused', 'claimTooMany'])
        // Who has a log-in is not touched by it.
        const other = await mqtt.connectAsync(running.url, {
          ...{ username: 'linxi/box-04', password: 'secret-4', rejectUnauthorized: false }
        })
        await other.endAsync()
      },
      { perAddress: 3 }
    ))

  test('a claimer can do nothing else: no alarm, no other topic, no answer of another', () =>
    withBroker(async running => {
      const connect = () =>
        mqtt.connectAsync(
          running.url,
          { username: 'claim', password: running.code, reconnectPeriod: 0, rejectUnauthorized: false },
          false
        )
      const ear = await connect()
      const heard: string[] = []
      ear.on('message', topic => heard.push(topic))
      const granted = await ear
        .subscribeAsync(['v1/claim/answer', 'v1/linxi/box-22/cmd', '#'].map(topic => topic))
        .catch(() => [])
      expect(granted.filter(each => each.qos < 3).map(each => each.topic)).not.toContain('#')
      await claim(running)
      const thief = await connect()
      const closed = new Promise<void>(resolve => thief.once('close', () => resolve()))
      thief.publish('v1/linxi/box-22/alarm', '{"v":1,"eventId":"t","type":"panic"}', { qos: 1 })
      await closed
      expect(running.fake.signals).toEqual([])
      expect(heard).toEqual([])
      await ear.endAsync(true)
      await thief.endAsync(true)
    }))
})

test('codes are read as people type them, and no two are alike', () => {
  const codes = Array.from({ length: 500 }, newCode)
  expect(new Set(codes).size).toBe(500)
  for (const code of codes) expect(codeOf(` ${code.toLowerCase()} `)).toBe(code.replaceAll('-', ''))
  for (const bad of ['', '7KQM-P2XD-9HW', '7KQM-P2XD-9HWTT', '7KQM-P2XD-9HW0']) expect(codeOf(bad)).toBeUndefined()
})
