/** The webhook intake against curl and openssl, our own sender, and hostile bytes. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { generate } from 'selfsigned'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import {
  createFakeHost,
  type FakeHost,
  type FakeHostOptions,
  systemTestClock
} from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { silentCrowd } from '../kit/testing-crowd.ts'
import { type WebhookConfig, webhookConfig } from './config.ts'
import { decode } from './decode.ts'
import { isSignedBy, parsePath, parseProof, sign } from './frame.ts'
import { createWebhookAdapter, definition } from './index.ts'
import { createHook } from './simulator.ts'

const run = promisify(execFile)
const SECRET = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const PANIC = JSON.stringify({ v: 1, eventId: 'e1', type: 'panic', zone: '2' })

async function withIntake(
  work: (running: { fake: FakeHost; port: number; hook: ReturnType<typeof createHook> }) => Promise<void>,
  over: Partial<WebhookConfig> = {},
  options: FakeHostOptions = {},
  tls?: { key: string; cert: string }
): Promise<void> {
  const fake = createFakeHost({ credentials: { 'linxi/school-1': SECRET }, ...options })
  const settings = { ...Value.Parse(webhookConfig, Value.Default(webhookConfig, {})), address: '127.0.0.1', port: 0 }
  const adapter = createWebhookAdapter({ ...settings, tlsPort: 0, ...over }, { site: 'linxi', assetsDir: '.', tls })
  const abort = new AbortController()
  const done = adapter.run(fake.host, abort.signal)
  const port = await until('the intake listens', () => fake.endpoints[tls ? 1 : 0]?.port)
  const url = `http://127.0.0.1:${port}`
  try {
    await work({
      fake,
      port,
      hook: createHook({ url, site: 'linxi', source: 'school-1', secret: SECRET, retryMs: 20 })
    })
  } finally {
    abort.abort()
    await done
  }
}

/** As the README tells an engineer to try it: openssl signs, curl sends. */
async function curl(url: string, body: string, secret = SECRET, more: readonly string[] = []): Promise<string> {
  const script = [
    't=$(date +%s)',
    `s=$(printf '%s.%s' "$t" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.*= //')`,
    'exec curl -s -o /dev/null -w "%{http_code} %header{retry-after}" "$@" -H "X-Pingan-Timestamp: $t" -H "X-Pingan-Signature: sha256=$s" --data-binary "$BODY" "$URL"'
  ].join('\n')
  const env = { ...process.env, BODY: body, SECRET: secret, URL: `${url}/v1/linxi/school-1/alarm` }
  return (await run('sh', ['-c', script, 'sh', ...more], { env, timeout: 60_000 })).stdout.trim()
}

const reasons = (fake: FakeHost) => fake.rejections.map(({ reason }) => reason)

/** Bytes to a socket of its own, and what came back until the gateway closed it. */
function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('error', () => {})
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
  })
  socket.write(bytes)
  return new Promise(resolve => socket.once('close', () => resolve(text)))
}

describe('curl and openssl', () => {
  test('a signed press is a signal; again it is the same signal and 200 again', () =>
    withIntake(async ({ fake, port }) => {
      const url = `http://127.0.0.1:${port}`
      expect(await curl(url, '{"v": 1, "type": "heartbeat"}')).toBe('200')
      expect(fake.signals).toEqual([])
      expect(await curl(url, PANIC)).toBe('200')
      expect(await curl(url, PANIC)).toBe('200')
      expect(fake.signals).toMatchObject([
        { sourceId: 'webhook:linxi/school-1', alarmClass: 'panic', zone: '2', eventId: 'e1', verified: true }
      ])
    }))

  test('a wrong secret is 401, counted, and no signal', () =>
    withIntake(async ({ fake, port }) => {
      expect(await curl(`http://127.0.0.1:${port}`, PANIC, 'another secret of somebody')).toBe('401')
      expect(fake.signals).toEqual([])
      expect(reasons(fake)).toEqual(['wrongSignature'])
    }))

  test('what the journal cannot store is 503 with Retry-After', () =>
    withIntake(async ({ fake, port }) => {
      fake.failing = true
      expect(await curl(`http://127.0.0.1:${port}`, PANIC)).toBe('503 5')
      fake.failing = false
      expect(await curl(`http://127.0.0.1:${port}`, PANIC)).toBe('200')
      expect(fake.signals).toHaveLength(1)
    }))

  test('over HTTPS with the certificate of the gateway', async () => {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', curve: 'P-256' })
    const tls = { key: pems.private, cert: pems.cert }
    await withIntake(
      async ({ fake, port }) => {
        expect(await curl(`https://127.0.0.1:${port}`, PANIC, SECRET, ['--insecure'])).toBe('200')
        expect(fake.endpoints.map(({ protocol }) => protocol)).toEqual(['http', 'https'])
        expect(fake.signals).toHaveLength(1)
      },
      {},
      {},
      tls
    )
  })
})

describe('proof', () => {
  test('200 comes after the journal, never before', () =>
    withIntake(async ({ fake, hook }) => {
      const gate = Promise.withResolvers<void>()
      fake.gate = gate.promise
      let answered = false
      const press = hook.press().then(() => {
        answered = true
      })
      await until('it is at the journal', () => fake.sightings.length > 0)
      // A whole other round trip later there is still no answer.
      expect((await hook.send(PANIC, 0)).status).toBe(401)
      expect(answered).toBe(false)
      gate.resolve()
      await press
      expect(fake.signals).toHaveLength(1)
    }))

  test('five minutes of clock either way, not more', () =>
    withIntake(
      async ({ fake, hook }) => {
        const at = async (ms: number) => (await hook.send(PANIC, ms)).status
        expect([await at(700_000), await at(1_300_000), await at(699_000), await at(1_301_000)]).toEqual([
          200, 200, 401, 401
        ])
        expect(reasons(fake)).toEqual(['clock', 'clock'])
      },
      {},
      { clock: { ...systemTestClock, now: () => 1_000_000, steady: () => 1_000_000 } }
    ))

  test('a source without a secret hears what a wrong signature hears', () =>
    withIntake(
      async ({ fake, hook }) => {
        const answer = await hook.send(PANIC)
        expect([answer.status, await answer.json()]).toEqual([401, { error: 'signature' }])
        expect(reasons(fake)).toEqual(['noSecret'])
      },
      {},
      { credentials: {} }
    ))

  test('a body that means nothing, rightly signed, is an unmapped alarm; replayed it is the same one', () =>
    withIntake(async ({ fake, hook }) => {
      const atMs = Date.now()
      for (const _ of [1, 2]) expect((await hook.send('help!', atMs)).status).toBe(200)
      expect(fake.signals).toMatchObject([{ alarmClass: 'unmapped', text: 'help!' }])
      expect(reasons(fake)).toEqual(['notJson', 'notJson'])
    }))

  test('the signature is the one that openssl made', () => {
    const made = JSON.parse(readFileSync(new URL('./frames/openssl.json', import.meta.url), 'utf8'))
    expect(sign(made.secret, made.timestamp, Buffer.from(made.body)).toString('hex')).toBe(made.signature)
    const proof = parseProof(made.timestamp, `sha256=${made.signature}`)
    expect(proof && isSignedBy(made.secret, proof, Buffer.from(`${made.body} `))).toBe(false)
  })

  test('made secrets will do, short ones will not', () => {
    expect(definition.secretFault?.(definition.newSecret?.() ?? '')).toBeUndefined()
    expect(definition.secretFault?.('short')).toBeDefined()
  })
})

describe('heartbeats', () => {
  const clock = createFakeClock()
  const told = ({ signals }: FakeHost) =>
    signals.map(({ sourceId, qualifier, cause }) => `${sourceId} ${qualifier} ${cause}`)

  test('who has sent one is waited for, and missed after five minutes until it is heard again; none of it is an alarm', () =>
    withIntake(
      async ({ fake, hook }) => {
        expect(await hook.beat(clock.now())).toBe(200)
        expect(fake.sightings.at(-1)).toMatchObject({ deviceId: 'webhook:linxi/school-1', supervised: true })
        expect([fake.signals, fake.rejections]).toEqual([[], []])
        await clock.advance(299_000)
        expect(told(fake)).toEqual([])
        await clock.advance(10_000)
        expect(told(fake)).toEqual(['webhook:linxi/school-1 new offline'])
        // An alarm is a word of it as well.
        const answer = await hook.send(PANIC, clock.now())
        expect(answer.status).toBe(200)
        await until('the trouble is over', () => told(fake).includes('webhook:linxi/school-1 restore offline'))
        expect(fake.signals.filter(({ alarmClass }) => alarmClass !== 'trouble')).toHaveLength(1)
      },
      {},
      { clock }
    ))

  test('who never sent one is not waited for, nor who stands in no registry; unsigned it is refused', () =>
    withIntake(
      async ({ fake, port, hook }) => {
        await hook.send(PANIC, clock.now())
        await clock.advance(3_600_000)
        expect(told(fake)).toEqual(['webhook:linxi/school-1 new undefined'])
        const url = `http://127.0.0.1:${port}/v1/linxi/school-1/alarm`
        expect((await fetch(url, { method: 'POST', body: '{"v":1,"type":"heartbeat"}' })).status).toBe(401)
        await withIntake(
          async stranger => {
            expect(await stranger.hook.beat(clock.now())).toBe(200)
            await clock.advance(3_600_000)
            expect(stranger.fake.signals).toEqual([])
          },
          {},
          { clock, known: [] }
        )
      },
      {},
      { clock }
    ))

  test('what is longer, or another type, is no heartbeat: it is an unmapped alarm', () =>
    withIntake(
      async ({ fake, hook }) => {
        for (const body of [`{"v":1,"type":"heartbeat","text":"${'x'.repeat(300)}"}`, '{"v":1,"type":"heartbeats"}'])
          expect((await hook.send(body, clock.now())).status).toBe(200)
        expect(fake.signals.map(({ alarmClass }) => alarmClass)).toEqual(['unmapped', 'unmapped'])
      },
      {},
      { clock }
    ))
})

describe('bounds', () => {
  test('a body over 16 KiB is 413, announced or not', () =>
    withIntake(async ({ fake, port, hook }) => {
      expect((await hook.send('x'.repeat(16_384))).status).toBe(200)
      const head = `POST /v1/linxi/school-1/alarm HTTP/1.1\r\nHost: x\r\nX-Pingan-Timestamp: 1\r\nX-Pingan-Signature: sha256=${'0'.repeat(64)}\r\n`
      expect(await raw(port, `${head}Content-Length: 16385\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /)
      const chunk = `5000\r\n${'x'.repeat(0x5000)}\r\n`
      expect(await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`)).toMatch(/^HTTP\/1.1 413 /)
      expect(reasons(fake)).toEqual(['notJson', 'oversize', 'oversize'])
    }))

  test('requests beyond the rate of an address are 429', () =>
    withIntake(
      async ({ fake, hook }) => {
        const body = (n: number) => JSON.stringify({ v: 1, eventId: `${n}`, type: 'panic' })
        const statuses = []
        for (const n of [1, 2, 3]) statuses.push((await hook.send(body(n), 60_000)).status)
        expect(statuses).toEqual([200, 200, 429])
        expect(reasons(fake)).toEqual(['tooManyRequests'])
      },
      { requestsPerMinute: 2 },
      { clock: { ...systemTestClock, now: () => 60_000, steady: () => 60_000 } }
    ))

  test('silent connections that hold every place give theirs to whoever has something to send', () =>
    withIntake(
      async ({ fake, port, hook }) => {
        const crowd = await silentCrowd(port, 3)
        expect((await hook.send(PANIC)).status).toBe(200)
        expect(reasons(fake)).toContain('displaced')
        crowd.end()
      },
      { maxConnections: 3 }
    ))

  test('one connection more than an address may have is closed; so is one that sends nothing whole', () =>
    withIntake(
      async ({ fake, port }) => {
        const slow = raw(port, 'POST /v1/linxi/school-1/alarm HTTP/1.1\r\nHost: x\r\n')
        expect(await raw(port, 'GET / HTTP/1.1\r\n\r\n')).toBe('')
        await slow
        expect(reasons(fake)).toEqual(['tooManyConnections', 'slow'])
      },
      { maxConnectionsPerAddress: 1, requestTimeoutMs: 1_000 }
    ))

  test('other paths, methods and unsigned requests are refused and counted', () =>
    withIntake(async ({ fake, port }) => {
      const url = `http://127.0.0.1:${port}`
      const path = `${url}/v1/linxi/school-1/alarm`
      const answers = [
        fetch(`${path}?x`, { method: 'POST' }),
        fetch(path),
        fetch(path, { method: 'POST', body: PANIC })
      ]
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([404, 405, 401])
      expect(reasons(fake).sort()).toEqual(['method', 'path', 'unsigned'])
    }))

  test('no path, header or body makes the pure parts throw', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uint8Array({ maxLength: 300 }), (path, text, body) => {
        expect(parsePath(path)).toBeUndefined()
        parseProof(text, text)
        const times = { receivedTimeMs: 1, sentTimeMs: 1 }
        const { signal } = decode({ target: { site: 's', source: 'b' }, body, ...times, origin: 'tcp x:1' })
        expect(signal.eventId.length).toBeGreaterThan(0)
      })
    )
  })

  test('whatever bytes come, the next press goes through', () =>
    withIntake(async ({ fake, port, hook }) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), async bytes => {
          await raw(
            port,
            Buffer.concat([
              Buffer.from('POST /v1/linxi/school-1/alarm HTTP/1.1\r\n'),
              bytes,
              Buffer.from('\r\n\0\r\n\r\n')
            ])
          )
        }),
        { numRuns: 50 }
      )
      expect(fake.signals).toEqual([])
      await hook.press()
      expect(fake.signals).toHaveLength(1)
    }))
})
