/** SIP over TCP and TLS on real sockets: the alarm, the answer on the same connection, connections that are lost, slow, idle or too many. */
import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { Budget } from '../kit/token-budget.ts'
import type { SipConfig } from './config.ts'
import { Connections } from './connections.ts'
import { header } from './frame.ts'
import { peerOf } from './peer.ts'
import { StreamFramer } from './stream.ts'
import { streamTelephone, testCertificate } from './testing/stream.ts'
import { requestText, startAdapter, testConfig } from './testing.ts'

const certificate = await testCertificate()
const clientCertificate = await testCertificate()
const fingerprint = new X509Certificate(clientCertificate.cert).fingerprint256
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(settings: Partial<SipConfig> = {}, options: Parameters<typeof startAdapter>[1] = {}) {
  const adapter = await startAdapter({ tlsPort: 0, ...settings }, { tls: certificate, ...options })
  cleanups.push(adapter.stop)
  const connect = async (transport: 'tcp' | 'tls' = 'tcp', own = {}) => {
    const phone = await streamTelephone(await adapter.serverBy(transport), transport === 'tls' ? own : undefined)
    cleanups.push(() => phone.socket.destroy())
    return phone
  }
  return { ...adapter, connect }
}

const overStream = (text: string, transport = 'TCP') => text.replace('SIP/2.0/UDP', `SIP/2.0/${transport}`)

describe.each(['tcp', 'tls'] as const)('over %s', transport => {
  it('a press is an alarm, rings, is answered and hung up on one connection', async () => {
    const { fake, connect } = await start()
    const phone = await connect(transport)
    phone.send(overStream(requestText(phone.port), transport.toUpperCase()))
    const ok = await phone.response(200)
    expect(phone.responses.map(r => r.status)).toEqual([180, 200])
    expect(fake.signals).toMatchObject([
      { sourceId: 'sip:6650147', alarmClass: 'panic', origin: `${transport} 127.0.0.1:${phone.port}` }
    ])
    expect(header(ok, 'contact')).toMatch(new RegExp(`;transport=${transport}>$`))
    const to = header(ok, 'to') ?? ''
    phone.send(requestText(phone.port, { method: 'ACK', to, branch: 'z9hG4bKack' }))
    phone.send(requestText(phone.port, { method: 'BYE', to, cseq: 2, branch: 'z9hG4bKbye' }))
    await until('the BYE is answered', () => phone.responses.find(r => header(r, 'cseq') === '2 BYE'))
    expect(fake.rejections).toEqual([])
  })

  it('nothing is repeated while an answer waits for its ACK, and a refusal is sent once', async () => {
    const { connect, fake } = await start()
    const phone = await connect(transport)
    phone.send(requestText(phone.port, { uri: 'sip:777@127.0.0.1' }))
    await phone.response(404)
    phone.send(requestText(phone.port, { method: 'OPTIONS', callId: 'after', branch: 'z9hG4bKtwo' }))
    await phone.response(200, 'after')
    expect(phone.responses.filter(r => r.status === 404)).toHaveLength(1)
    expect(fake.signals).toMatchObject([{ alarmClass: 'unmapped' }])
  })
})

describe('a connection', () => {
  it('that is lost after the INVITE: the alarm stays, the call goes on over the next one', async () => {
    const { fake, connect } = await start({ ringMs: 60_000 })
    let open = () => {}
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    const first = await connect()
    first.send(requestText(first.port))
    await first.response(100)
    first.socket.destroy()
    await until('it is closed', () => first.closed())
    open()
    await until('the alarm is durable', () => fake.signals[0])
    const second = await connect()
    second.send(
      requestText(second.port, { method: 'CANCEL' }).replace(`:${second.port};branch`, `:${first.port};branch`)
    )
    await second.response(200)
  })

  it('of an exchange that is lost before our BYE: a new one is opened to where it listens', async () => {
    const arrived: string[] = []
    const exchange = createServer(socket => socket.on('data', bytes => void arrived.push(bytes.toString('latin1'))))
    await new Promise<void>(resolve => exchange.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => exchange.close())
    const { port } = exchange.address() as { port: number }
    const { connect } = await start({ callLimitMs: 300 })
    const phone = await connect()
    phone.send(requestText(port))
    const to = header(await phone.response(200), 'to') ?? ''
    phone.send(requestText(port, { method: 'ACK', to, branch: 'z9hG4bKack' }))
    phone.socket.destroy()
    const bye = await until('the BYE', () => arrived.find(text => text.startsWith('BYE ')))
    expect(bye).toContain('SIP/2.0/TCP')
  })

  it('of a stranger never makes us call him: the answer is given up', async () => {
    const { connect, fake } = await start({ trunks: [] })
    let open = () => {}
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    const phone = await connect()
    phone.send(requestText(phone.port))
    phone.send(requestText(phone.port, { method: 'OPTIONS', callId: 'after', branch: 'z9hG4bKtwo' }))
    await phone.response(200, 'after')
    phone.socket.destroy()
    await until('it is closed', () => phone.closed())
    open()
    await until('the alarm stays', () => fake.signals[0])
    await until('the answer is given up', () => fake.rejections.find(r => r.reason === 'notSent'))
  })

  it('that sends keep-alives is answered', async () => {
    const { connect } = await start()
    const phone = await connect()
    let bytes = ''
    phone.socket.on('data', chunk => {
      bytes += chunk.toString()
    })
    phone.send('\r\n\r\n')
    await until('a pong', () => bytes === '\r\n')
  })

  it.each([
    ['notSip', 'GET / HTTP/1.1\r\n\r\n'],
    ['contentLength', 'OPTIONS sip:a SIP/2.0\r\nl: x\r\n\r\n'],
    ['tooLarge', 'OPTIONS sip:a SIP/2.0\r\nl: 99999\r\n\r\n']
  ])('whose stream cannot be read on is closed: %s', async (reason, text) => {
    const { connect, fake } = await start()
    const phone = await connect()
    phone.send(text)
    await until('it is closed', () => phone.closed())
    expect(fake.rejections.map(r => r.reason)).toEqual([reason])
  })

  it('beyond what an address may have is refused, and the exchange still gets in', async () => {
    const { connect, fake, stop } = await start({ trunks: [], maxConnectionsPerAddress: 2 })
    await connect()
    await connect()
    const third = await connect()
    await until('it is closed', () => third.closed())
    expect(fake.rejections.map(r => r.reason)).toEqual(['tooManyConnections'])
    await stop()
    const listed = await start({ maxConnectionsPerAddress: 2 })
    for (let i = 0; i < 4; i++) await listed.connect()
    const phone = await listed.connect()
    phone.send(requestText(phone.port))
    await phone.response(180)
  })

  it('that sends faster than its budget waits and loses nothing', async () => {
    const { connect, fake } = await start({
      trunks: [],
      budgets: { ...testConfig().budgets, unknownDatagramsPerS: 10, unknownPressesPerMinute: 100 }
    })
    const phone = await connect()
    const presses = Array.from({ length: 30 }, (_, i) =>
      requestText(phone.port, { callId: `c${i}`, branch: `z9hG4bK${i}`, fromUser: String(6650100 + i) })
    )
    phone.send(presses.join(''))
    await until('all presses', () => fake.signals.length === 30)
    expect(fake.rejections.map(r => r.reason)).toContain('tooFast')
    await until('all answers', () => phone.responses.filter(r => r.status === 401).length === 30)
  })
})

describe('a connection under a clock of ours', () => {
  it.each([
    ['closes', 'tcp'],
    ['is reset', 'tcp'],
    ['closes', 'tls']
  ] as const)('that %s while it is told to wait has pressed all the same, over %s', async (how, transport) => {
    const clock = createFakeClock()
    const budgets = { ...testConfig().budgets, unknownDatagramsPerS: 5 }
    const { fake, connect } = await start({ trunks: [], budgets, maxConnectionsPerAddress: 1 }, { clock })
    const phone = await connect(transport)
    const before = Array.from({ length: 100 }, (_, i) =>
      requestText(phone.port, { method: 'OPTIONS', callId: `o${i}`, branch: `z9hG4bKo${i}` })
    )
    phone.send([...before, requestText(phone.port)].join(''))
    await until('it is told to wait', () => fake.rejections.find(r => r.reason === 'tooFast'))
    if (how === 'closes') phone.socket.destroy()
    else phone.socket.resetAndDestroy()
    const refused = await connect(transport)
    await until('its place is not free before', () => refused.closed())
    await until('it is an alarm', async () => {
      await clock.advance(200)
      return fake.signals[0]
    })
    await until('its place is free', async () => {
      const next = await connect(transport)
      next.send(requestText(next.port, { callId: 'after', branch: 'z9hG4bKafter', fromUser: '6650148' }))
      await clock.advance(1_000)
      return fake.signals[1]
    })
  })

  async function listen(settings: Partial<SipConfig> = {}) {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const received: string[] = []
    const connections = new Connections({
      host: fake.host,
      config: testConfig(settings),
      budget: new Budget(clock),
      receive: async bytes => void received.push(bytes.toString('latin1'))
    })
    cleanups.push(() => connections.close())
    const port = await connections.listen('tcp', 0)
    const phone = await streamTelephone({ address: '127.0.0.1', port })
    cleanups.push(() => phone.socket.destroy())
    return { clock, fake, received, phone, connections }
  }

  it('that says nothing, or not all, within ten seconds is cut', async () => {
    const { clock, fake, received, phone } = await listen()
    phone.send(requestText(phone.port))
    await until('the first message', () => received[0])
    phone.send(requestText(phone.port).slice(0, 50))
    const mute = await streamTelephone({ address: '127.0.0.1', port: phone.socket.remotePort ?? 0 })
    phone.send('\r\n')
    await until('both are cut', async () => {
      await clock.advance(1_000)
      return phone.closed() && mute.closed()
    })
    expect(fake.rejections.map(r => r.reason)).toEqual(['tooSlow', 'tooSlow'])
  })

  it('on which nothing comes is closed after its idle time and not before', async () => {
    const { clock, phone, received, fake } = await listen({ connectionIdleMs: 60_000 })
    phone.send(requestText(phone.port))
    await until('the message', () => received[0])
    await clock.advance(59_000)
    phone.send('\r\n\r\n')
    await until('a pong', () => phone.socket.bytesRead === 2)
    await clock.advance(59_000)
    expect(phone.closed()).toBe(false)
    await clock.advance(3_000)
    await until('it is closed', () => phone.closed())
    expect(fake.rejections).toEqual([])
  })
})

it('a call that we place goes to a TCP exchange, over one connection that is kept', async () => {
  const heard: string[] = []
  let connections = 0
  const exchange = createServer(socket => {
    connections++
    const framer = new StreamFramer()
    socket.on('error', () => {})
    socket.on('data', bytes => {
      framer.push(bytes)
      for (let cut = framer.next(); cut; cut = framer.next()) {
        const text = cut.kind === 'message' ? cut.bytes.toString('latin1') : ''
        heard.push(text)
        const kept = text.split('\r\n').filter(line => /^(Via|From|To|Call-ID|CSeq):/i.test(line))
        if (text.startsWith('INVITE'))
          socket.write(
            `SIP/2.0 486 Busy\r\n${kept.join('\r\n').replace(/(To: [^\r]*)/, '$1;tag=far')}\r\nContent-Length: 0\r\n\r\n`
          )
      }
    })
  })
  await new Promise<void>(resolve => exchange.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => exchange.close())
  const { port } = exchange.address() as { port: number }
  const adapter = await start({
    trunks: [{ name: 'city', address: '127.0.0.1', port, transport: 'tcp', maxPlaced: 5 }]
  })
  for (const number of ['6650101', '6650102']) {
    const ends: string[] = []
    adapter.place(
      { number, ringMs: 5_000, speech: { pieces: [], repeat: false } },
      { ringing: () => {}, answered: () => {}, digit: () => {}, spoken: () => {}, ended: end => void ends.push(end) }
    )
    await until('it is busy', () => ends[0] === 'busy')
  }
  await until('both are acknowledged', () => heard.filter(text => text.startsWith('ACK')).length === 2)
  const [invite = ''] = heard
  expect(invite).toMatch(/^INVITE sip:6650101@127\.0\.0\.1:\d+;transport=tcp SIP/)
  expect(invite).toMatch(/^Via: SIP\/2\.0\/TCP /m)
  expect(invite).toMatch(/^Contact: <sip:[^>]+;transport=tcp>/m)
  expect([heard.length, connections]).toEqual([4, 1])
})

describe('a trunk', () => {
  const asserted = ['P-Asserted-Identity: <sip:6650148@exchange>']

  it('is known by its certificate, wherever it calls from', async () => {
    const trunks = [{ name: 'city', certificate: fingerprint }]
    const { connect, fake } = await start({ trunks })
    const phone = await connect('tls', clientCertificate)
    phone.send(requestText(phone.port, { extra: asserted }))
    await phone.response(180)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650148', verified: true }])
  })

  it('without that certificate is a stranger, over TLS, TCP and UDP', async () => {
    const { connect, fake } = await start({
      trunks: [{ name: 'city', address: '127.0.0.1', certificate: fingerprint }]
    })
    for (const phone of [await connect('tls', certificate), await connect('tls'), await connect('tcp')]) {
      phone.send(requestText(phone.port, { extra: asserted, callId: `from ${phone.port}`.replace(' ', '') }))
      await phone.response(401)
    }
    const told = (condition: string) => fake.signals.filter(s => s.condition === condition)
    expect(told('alarm').map(s => [s.sourceId, s.verified])).toEqual(Array(3).fill(['sip:6650147', false]))
    // Twice over TLS, told once.
    expect(told('fault').map(s => [s.sourceId, s.cause])).toEqual([['sip:trunk/city', 'trunk-proof']])
  })

  it('that we call must show its certificate before it is told anything', async () => {
    const heard: string[] = []
    const exchange = createTlsServer({ ...clientCertificate }, socket => {
      socket.on('error', () => {})
      socket.on('data', bytes => void heard.push(bytes.toString()))
    })
    await new Promise<void>(resolve => exchange.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => exchange.close())
    const { port } = exchange.address() as { port: number }
    const fake = createFakeHost()
    const open = (trunk: object) => {
      const config = testConfig({ trunks: [{ name: 'city', address: '127.0.0.1', ...trunk }] })
      const connections = new Connections({
        host: fake.host,
        config,
        budget: new Budget(fake.host.clock),
        receive: async () => {}
      })
      cleanups.push(() => connections.close())
      return connections
    }
    const to = peerOf('127.0.0.1', port, 'tls')
    let failures = 0
    const failed = () => {
      failures++
    }
    const other = new X509Certificate(certificate.cert).fingerprint256
    open({ certificate: other }).send(Buffer.from('wrong'), to, failed)
    open({}).send(Buffer.from('unvouched'), to, failed)
    await until('both fail', () => failures === 2)
    open({ certificate: fingerprint }).send(Buffer.from('right'), to, failed)
    await until('it arrives', () => heard.join('') === 'right')
    expect(failures).toBe(2)
  })

  it('that does not listen fails the request at once', async () => {
    const fake = createFakeHost()
    const connections = new Connections({
      host: fake.host,
      config: testConfig(),
      budget: new Budget(fake.host.clock),
      receive: async () => {}
    })
    cleanups.push(() => connections.close())
    const failures: string[] = []
    connections.send(Buffer.from('x'), peerOf('127.0.0.1', 1, 'tcp'), () => failures.push('trunk'))
    connections.send(Buffer.from('x'), peerOf('192.0.2.1', 1, 'tcp'), () => failures.push('stranger'))
    expect(failures).toEqual([])
    await until('both fail', () => failures.length === 2)
  })
})

it('a log-in makes the exchange, whose word then counts', async () => {
  const { formatAuthorization, parseChallenge } = await import('../kit/digest.ts')
  const trunks = [{ name: 'city', login: 'city-exchange' }]
  const { connect, fake } = await start({ trunks }, { credentials: { 'city-exchange': 'secret' } })
  const phone = await connect()
  const identity = 'P-Asserted-Identity: <sip:6650148@exchange>'
  phone.send(requestText(phone.port, { extra: [identity] }))
  const challenge = parseChallenge(header(await phone.response(401), 'www-authenticate') ?? '')
  if (!challenge) throw new Error('no challenge')
  const proof = {
    username: 'city-exchange',
    password: 'secret',
    method: 'INVITE',
    uri: 'sip:#9@127.0.0.1',
    cnonce: 'c',
    count: 1
  }
  const authorization = `Authorization: ${formatAuthorization(challenge, proof)}`
  phone.send(requestText(phone.port, { extra: [identity, authorization], cseq: 2, branch: 'z9hG4bKtwo' }))
  await phone.response(180)
  expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650148', verified: true }])
})
