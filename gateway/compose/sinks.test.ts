/** Sinks made on the page over a whole gateway: told at once, changed, tried and taken out without a restart, kept over one; who may, and what stays secret. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { Deliveries } from '../core/outwards.ts'
import type { SinkDetail, SinkDraft, SinkSaved, SinkTried } from '../core/sink-record.ts'
import { logIn } from '../testing/console-client.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../testing/run-gateway.ts'
import { sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'

const LONG_MS = 60_000
const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

interface Got {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function receiver() {
  const got: Got[] = []
  const state = { status: 204, text: '' }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(state.status, state.text ? { 'content-type': 'text/plain' } : {}).end(state.text)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => server.close().closeAllConnections())
  return { got, state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const DRAFT: SinkDraft = {
  ...{
    name: 'city',
    enabled: true,
    format: 'json',
    scope: 'private',
    addresses: [],
    restriction: '',
    status: 'actual'
  },
  ...{ tell: 'opened', personal: false, lowestPriority: 4, classes: [] }
}

async function house(dir: string, { outwards = {} }: { outwards?: object } = {}) {
  const protocol = createFakeProtocol()
  const running = await runGateway({
    ...{ dir, adapters: [protocol.definition] },
    registry: {
      ...SMALL_TOWN,
      sources: ['a', 'b', 'c'].map(n => ({ id: `fake:${n}`, subjectId: 'shop', kind: 'detector' }))
    },
    config: { outwards: { allow: ['127.0.0.0/8'], retryMs: 100, ...outwards } }
  })
  stops.push(() => running.stop())
  const admin = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  const order = async <T>(path: string, body: object) => {
    const answer = await admin.post(path, body)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const save = (draft: SinkDraft, version = 0) => order<SinkSaved>('/api/sinks', { draft, version })
  const deliveries = async () => (await (await admin.get('/api/deliveries')).json()) as Deliveries
  return {
    ...{ running, admin, order, save, deliveries },
    press: (source: string) =>
      protocol.host().accept(sampleSignal({ sourceId: id(`fake:${source}`), receivedTimeMs: Date.now() })),
    detail: async (name: string) => (await (await admin.get(`/api/sinks/detail?id=${name}`)).json()) as SinkDetail,
    stop: async () => {
      stops.pop()
      await running.stop()
    }
  }
}

function isSigned({ headers, body }: Got, secret: string): boolean {
  const mac = createHmac('sha256', secret).update(`${headers['x-pingan-timestamp']}.${body}`).digest('hex')
  return headers['x-pingan-signature'] === `sha256=${mac}`
}

const auditOf = async (running: RunningGateway) =>
  (await running.gateway.store.auditTail(200)).filter(line => line.object.startsWith('sink:'))

it(
  'a sink made on the page is told at once, changed, and kept over a restart; its secret and path are never read back',
  async () => {
    const dir = tempDir('sinks')
    const { got, url } = await receiver()
    const first = await house(dir)
    const made = await first.save({ ...DRAFT, url: `${url}/hook/k3y-in-the-path` })
    if (!made.saved || !made.secret) throw new Error(JSON.stringify(made))
    await first.press('a')
    const opened = await until('the first message', () => got.find(each => each.body.includes('"opened"')))
    expect(opened.path).toBe('/hook/k3y-in-the-path')
    expect(isSigned(opened, made.secret)).toBe(true)

    const moved = await first.save({ ...DRAFT, url: `${url}/other`, secret: 'a secret of their own' }, made.version)
    expect(moved).toEqual({ saved: true, id: 'city', version: 2 })
    await first.press('a')
    const later = await until('the next message', () => got.find(each => each.path === '/other'))
    expect(isSigned(later, 'a secret of their own')).toBe(true)
    expect(await first.save({ ...DRAFT, personal: true }, 1).catch(String)).toContain('CONFLICT_RETRY')

    const shown = await first.detail('city')
    expect(shown).toMatchObject({ origin: 'page', version: 2, hasSecret: true, host: new URL(url).host })
    expect(shown.history.map(each => each.fields)).toEqual([['url'], []])
    const said = JSON.stringify([shown, await first.deliveries(), await auditOf(first.running)])
    for (const secret of [made.secret, 'a secret of their own', 'k3y-in-the-path', '/other'])
      expect(said).not.toContain(secret)
    await first.stop()

    const second = await house(dir)
    expect((await second.deliveries()).sinks).toMatchObject([{ name: 'city', origin: 'page', state: 'ready' }])
    const before = got.length
    await second.press('a')
    await until('told after the restart', () => got.length > before)
    expect(isSigned(got.at(-1) as Got, 'a secret of their own')).toBe(true)
  },
  LONG_MS
)

it(
  'disabled it is told nothing; taken out, what waited is a dead letter and nothing is sent any more',
  async () => {
    const { got, state, url } = await receiver()
    const { save, press, deliveries, order, running, admin } = await house(tempDir('sinks'))
    state.status = 503
    await save({ ...DRAFT, url })
    await press('a')
    await until('it was tried', () => got.length > 0)
    const off = await save({ ...DRAFT, enabled: false }, 1)
    if (!off.saved) throw new Error(JSON.stringify(off))
    const tries = got.length
    await press('b')
    expect((await deliveries()).sinks).toMatchObject([{ state: 'disabled', waiting: 1 }])
    expect((await admin.post('/api/sinks/city/orders', { order: 'pause' })).status).toBe(204)
    await order('/api/sinks/remove', { id: 'city', version: off.version })
    const after = await deliveries()
    expect(after.sinks).toMatchObject([{ name: 'city', state: 'gone', waiting: 0, dead: 1 }])
    expect(after.dead).toMatchObject([{ event: 'opened', error: 'sinkGone' }])
    expect(got).toHaveLength(tries)
    const before = (await deliveries()).dead[0]?.id
    expect((await admin.post(`/api/deliveries/${before}/retry`, {})).status).toBe(404)
    expect((await admin.post('/api/sinks/city/orders', { order: 'retryAll' })).status).toBe(404)
    // Made anew under the same name it has a secret of its own, is not paused as the old one was, and the dead letter can be sent.
    state.status = 204
    const again = await save({ ...DRAFT, url })
    expect((await deliveries()).sinks).toMatchObject([{ name: 'city', state: 'ready' }])
    if (!again.saved || !again.secret) throw new Error(JSON.stringify(again))
    expect((await admin.post('/api/sinks/city/orders', { order: 'retryAll' })).status).toBe(204)
    const late = await until('the dead letter', () => got.find(each => isSigned(each, again.secret ?? '')))
    expect(JSON.parse(late.body)).toMatchObject({ event: 'opened' })
    const actions = (await auditOf(running)).map(each => each.action)
    expect(new Set(actions)).toEqual(new Set(['sink.save', 'sink.secret', 'sink.pause', 'sink.remove', 'sink.retry']))
  },
  LONG_MS
)

it(
  'all dead letters of one sink are dropped by one order on record; then a sink that is no more is named no longer',
  async () => {
    const { state, url } = await receiver()
    const { save, press, deliveries, order, running, admin } = await house(tempDir('sinks'))
    state.status = 422
    await save({ ...DRAFT, url })
    const other = await save({ ...DRAFT, name: 'county', url })
    for (const source of ['a', 'b']) await press(source)
    const deadOf = async (name: string) => (await deliveries()).dead.filter(each => each.sink === name)
    await until('both gave up', async () => (await deadOf('city')).length > 0 && (await deadOf('county')).length > 0)
    // Nothing more is given up from here on.
    state.status = 204
    await until('nothing waits', async () => (await deliveries()).waiting.length === 0)
    const [city, county] = [(await deadOf('city')).length, (await deadOf('county')).length]
    const drop = (name: string) => admin.post(`/api/sinks/${name}/orders`, { order: 'dropAll' })
    expect((await drop('city')).status).toBe(204)
    expect(await deadOf('city')).toEqual([])
    expect(await deadOf('county')).toHaveLength(county)
    expect((await drop('city')).status).toBe(404)
    if (!other.saved) throw new Error(JSON.stringify(other))
    await order('/api/sinks/remove', { id: 'county', version: other.version })
    expect((await drop('county')).status).toBe(204)
    expect((await deliveries()).sinks.map(each => each.name)).toEqual(['city'])
    const lines = (await auditOf(running)).filter(each => each.action === 'sink.drop')
    expect(lines.map(each => [each.object, each.detail])).toEqual([
      ['sink:county', { count: county }],
      ['sink:city', { count: city }]
    ])
  },
  LONG_MS
)

it(
  'a try is signed and marked as a test, goes past the queue, and shows the beginning of the answer',
  async () => {
    const { got, state, url } = await receiver()
    const { save, order, deliveries, running } = await house(tempDir('sinks'))
    const tryOut = (name: string) => order<SinkTried>('/api/sinks/test', { id: name })
    const cap = { ...DRAFT, name: 'province', format: 'cap', addresses: ['duty@example.org'] } as const
    const made = await save({ ...cap, url, enabled: false })
    Object.assign(state, { status: 200, text: `\u0007ok ${'x'.repeat(5_000)}` })
    const tried = await tryOut('province')
    expect(tried).toMatchObject({ taken: true, status: 200, contentType: 'text/plain', isCut: true })
    expect(tried.answer).toBe(`\ufffdok ${'x'.repeat(508)}`)
    expect(got[0]?.body).toContain('<status>Test</status>')
    expect(got[0]?.headers['x-pingan-event']).toBe('test')
    expect(isSigned(got[0] as Got, (made.saved && made.secret) || '')).toBe(true)
    expect((await deliveries()).delivered).toMatchObject([{ id: tried.delivery, event: 'test', status: 200 }])
    Object.assign(state, { status: 302, text: 'elsewhere' })
    expect(await tryOut('province')).toMatchObject({ taken: false, status: 302, answer: 'elsewhere' })
    expect((await deliveries()).waiting).toEqual([])
    expect((await auditOf(running)).filter(each => each.action === 'sink.test')).toHaveLength(2)
  },
  LONG_MS
)

it(
  'sinks of the configuration are read only; names, addresses and CAP rules are judged field by field',
  async () => {
    const { url } = await receiver()
    const outwards = { allow: [], sinks: [{ name: 'county', url: `${url}/county` }] }
    const { save, order, detail, deliveries } = await house(tempDir('sinks'), { outwards })
    expect(await detail('county')).toMatchObject({ origin: 'file', hasSecret: false, version: 0 })
    const faults = async (draft: SinkDraft) => {
      const saved = await save(draft)
      return saved.saved ? [] : saved.faults.map(each => `${each.field} ${each.code}`)
    }
    expect(await faults({ ...DRAFT, name: 'county', url })).toEqual(['name ofFile'])
    expect(await order('/api/sinks/remove', { id: 'county', version: 0 })).toMatchObject({ saved: false })
    expect(await faults({ ...DRAFT, name: 'City 1', url: 'ftp://example.org' })).toEqual([
      'name sinkName',
      'url webUrl'
    ])
    expect(await faults({ ...DRAFT, url: 'https://me:pw@example.org/' })).toEqual(['url webLogin'])
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '2130706433', '[::ffff:127.0.0.1]'])
      expect([host, await faults({ ...DRAFT, url: `http://${host}:9/` })]).toEqual([host, ['url sinkHost']])
    expect(await faults({ ...DRAFT, secret: 'short', url: 'https://example.org' })).toEqual(['secret tooShort'])
    const open = { ...DRAFT, format: 'cap', url: 'https://example.org' } as const
    expect(await faults(open)).toEqual(['addresses required'])
    expect(await faults({ ...open, scope: 'restricted' })).toEqual(['restriction required'])
    expect(await faults({ ...open, scope: 'public', personal: true })).toEqual(['personal publicPersonal'])
    expect((await deliveries()).sinks.map(each => each.name)).toEqual(['county'])
  },
  LONG_MS
)

it(
  'only an administrator, from a page of our own',
  async () => {
    const { running, admin } = await house(tempDir('sinks'))
    const leader = await logIn(running.url, '10327', await running.person('10327', 'leader'))
    const body = { draft: { ...DRAFT, url: 'https://example.org/' }, version: 0 }
    for (const path of ['/api/sinks', '/api/sinks/remove', '/api/sinks/test']) {
      const sent = path === '/api/sinks' ? body : { id: 'city', ...(path.endsWith('remove') ? { version: 1 } : {}) }
      expect([path, (await leader.post(path, sent)).status]).toEqual([path, 403])
      const headers = { cookie: admin.cookie, origin: 'https://evil.example', 'content-type': 'application/json' }
      const foreign = await fetch(running.url + path, { method: 'POST', headers, body: JSON.stringify(sent) })
      expect([path, foreign.status]).toEqual([path, 403])
    }
    expect((await leader.get('/api/sinks/detail?id=city')).status).toBe(403)
    expect((await admin.get('/api/sinks/detail?id=city')).status).toBe(404)
  },
  LONG_MS
)
