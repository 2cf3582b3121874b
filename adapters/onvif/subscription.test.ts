/** Events over real sockets: the habits of real devices one by one, presses through lost connections and restarts, hostile answers. */
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeHost, type FakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { OnvifConfig } from './config.ts'
import type { EventHabits } from './simulator/event-service.ts'
import { endpointOf, LOGIN, type RunningTown, startAdapter, startHttp, startTown } from './testing.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const SOURCE = `onvif:${endpointOf(1)}/panic`

interface Scene {
  readonly town: RunningTown
  readonly fake: FakeHost
  readonly adapter: ReturnType<typeof startAdapter>
  asked(operation: string): number
}

async function town(habits: EventHabits, options: Parameters<typeof startTown>[1] = {}): Promise<RunningTown> {
  const running = await startTown([{ events: habits, inputs: ['panic', 'door'] }], options)
  cleanups.push(() => running.stop())
  return running
}

function watch(running: RunningTown, fake: FakeHost, settings: Partial<OnvifConfig> = {}): Scene {
  const adapter = startAdapter(fake, {
    ...{ discoveryPort: running.discoveryPort, eventPullMs: 1_000, eventLeaseMs: 4_000 },
    ...settings
  })
  cleanups.push(() => adapter.stop())
  const asked = (operation: string) => running.events(1)?.asked.get(operation) ?? 0
  return { town: running, fake, adapter, asked }
}

const host = (): FakeHost => createFakeHost({ credentials: {} })
/** The fake host takes the key for the user name. */
function hostWith(): FakeHost {
  const fake = host()
  const credential = async () => ({ ...LOGIN })
  return { ...fake, host: { ...fake.host, credential } }
}

async function start(habits: EventHabits, settings: Partial<OnvifConfig> = {}): Promise<Scene> {
  const scene = watch(await town(habits), hostWith(), settings)
  await until('pulled', () => scene.asked('PullMessages') >= 1)
  return scene
}

const press = ({ town: running }: Pick<Scene, 'town'>, active = true) => running.input(1, 'panic', active)
const pressed = ({ fake }: Pick<Scene, 'fake'>) => fake.signals.filter(signal => signal.sourceId === SOURCE)
const news = (scene: Pick<Scene, 'fake'>) => pressed(scene).map(signal => signal.qualifier)
const reasons = ({ fake }: Pick<Scene, 'fake'>) => fake.rejections.map(each => each.reason)

describe('habits of real devices', () => {
  const habits: Record<string, EventHabits> = {
    'an easy one': {},
    'wants a life time named': { wantsLifeTime: true },
    'understands moments only': { wantsLifeTime: true, absoluteOnly: true, refusesRenew: 'relative' },
    'echoed reference parameters': { reference: true },
    'hangs up on a pull': { hangsUpAfterMs: 1_100 },
    'answers at once': { neverWaits: true },
    'refuses a long pull': { longestPullMs: 5_000 },
    'one place only': { places: 1 },
    'tells no state by itself': { noInitial: true },
    'odd times': { oddTimes: true },
    'another topic': { inputTopic: 'tnshik' },
    'a third topic': { inputTopic: 'tnsaxis' },
    'an address behind NAT': { claimedHost: '10.77.0.99' }
  }
  it.each(Object.entries(habits))('%s: presses and releases come once each, in order', async (_name, habit) => {
    const awkward = habit.hangsUpAfterMs !== undefined || habit.longestPullMs !== undefined
    const scene = await start(habit, { eventPullMs: awkward ? 8_000 : 1_000, eventLeaseMs: 40_000 })
    // Until it has hung up or refused, and was asked for less.
    if (awkward) await until('asked again', () => scene.asked('PullMessages') >= 3)
    press(scene)
    await until('pressed', () => news(scene).length === 1)
    press(scene, false)
    await until('released', () => news(scene).length === 2)
    press(scene)
    await until('pressed again', () => news(scene).length === 3)
    expect(news(scene)).toEqual(['new', 'restore', 'new'])
    expect(new Set(pressed(scene).map(signal => signal.eventId)).size).toBe(3)
    expect(pressed(scene)[0]).toMatchObject({
      ...{ sourceKind: 'detector', condition: 'alarm', alarmClass: 'unmapped', verified: true },
      origin: `tcp 127.0.0.1:${scene.town.httpPort}`
    })
    expect(scene.fake.signals.filter(signal => signal.sourceId !== SOURCE)).toEqual([])
  })

  it.each([
    ['in time', {}, 0],
    ['by moments where durations are refused', { refusesRenew: 'relative' }, 0],
    ['by a new subscription where every renewal is refused', { refusesRenew: 'always', places: 1 }, 1],
    ['never where a pull prolongs it', { pullProlongs: true }, 0]
  ] as const)('is renewed %s', async (_name, habit: EventHabits, anew) => {
    const scene = await start(habit, { eventLeaseMs: 4_000 })
    await until('outlived twice', () => scene.asked('PullMessages') >= 6)
    expect(scene.asked('CreatePullPointSubscription') > 1).toBe(anew > 0)
    if (habit.pullProlongs) expect(scene.asked('Renew')).toBeLessThanOrEqual(1)
    else expect(scene.asked('Renew')).toBeGreaterThan(0)
    press(scene)
    await until('pressed', () => news(scene).length === 1)
  })

  it('a device that never says off: repeats of a held button are one press, a press after ten seconds is the next', async () => {
    const scene = await start({ noOff: true })
    press(scene)
    await until('pressed', () => news(scene).length === 1)
    press(scene)
    press(scene)
    scene.town.notice(1, 'motion', true)
    await until('read as far as that', () => scene.fake.cameraEvents.some(event => event.active))
    expect(news(scene)).toEqual(['new'])
  })

  it('gives its place back when the gateway stops, so that the next start has it', async () => {
    const scene = await start({ places: 1 })
    await scene.adapter.stop()
    expect(scene.town.events(1)?.subscribers).toBe(0)
    watch(scene.town, hostWith())
    const before = scene.asked('PullMessages')
    await until('pulled again', () => scene.asked('PullMessages') > before)
  })

  it('waits with growing pauses where another client has the only place', async () => {
    const scene = watch(await town({ places: 0 }), hostWith())
    await until('refused', () => reasons(scene).includes('eventsRefused'))
    // Three ways of naming the life time, then a pause of half a second at least.
    expect(scene.asked('CreatePullPointSubscription')).toBe(3)
  })

  it('asks a device that answers at once no more than once a second', async () => {
    const scene = await start({ neverWaits: true, noInitial: true })
    const [before, beganMs] = [scene.asked('PullMessages'), performance.now()]
    await until('asked on', () => scene.asked('PullMessages') >= before + 2)
    expect(performance.now() - beganMs).toBeGreaterThan(900)
  })
})

describe('nothing is lost', () => {
  it('what was pressed while the connection was away raises once, what was active before does not', async () => {
    const scene = await start({ reference: true })
    press(scene)
    scene.town.input(1, 'door', true)
    await until('both', () => scene.fake.signals.length === 2)
    scene.town.input(1, 'door', false)
    await until('door shut', () => scene.fake.signals.length === 3)
    scene.town.events(1)?.forget()
    scene.town.input(1, 'door', true)
    const before = scene.asked('CreatePullPointSubscription')
    await until('subscribed anew', () => scene.asked('CreatePullPointSubscription') > before)
    await until('the door', () => scene.fake.signals.length === 4)
    expect(scene.fake.signals.at(-1)).toMatchObject({ sourceId: `onvif:${endpointOf(1)}/door`, qualifier: 'new' })
    expect(scene.fake.signals.at(-1)?.deviceTimeMs).toBeUndefined()
    expect(news(scene)).toEqual(['new'])
  })

  it('over a restart: a button that is still held is no second press, one pressed meanwhile is one, one released is restored', async () => {
    const scene = await start({})
    press(scene)
    await until('pressed', () => news(scene).length === 1)
    await scene.adapter.stop()
    scene.town.input(1, 'door', true)
    const second = watch(scene.town, scene.fake)
    await until('the door', () => scene.fake.signals.length === 2)
    expect(news(second)).toEqual(['new'])
    await second.adapter.stop()
    press(scene, false)
    watch(scene.town, scene.fake)
    await until('restored', () => news(scene).length === 2)
    expect(news(scene)).toEqual(['new', 'restore'])
  })

  it('asks for more only when the journal has it, and tries until it has', async () => {
    const scene = await start({})
    scene.fake.failing = true
    press(scene)
    const before = await until('delivered', () => scene.asked('PullMessages') > 1 && scene.asked('PullMessages'))
    press(scene, false)
    scene.fake.failing = false
    await until('both', () => news(scene).length === 2)
    expect(news(scene)).toEqual(['new', 'restore'])
    expect(scene.asked('PullMessages')).toBeGreaterThanOrEqual(before)
  })

  it('an answer that was cut off loses a moment, not the press', async () => {
    const scene = await start({})
    await until('the states', () => scene.fake.cameraEvents.length >= 3)
    const events = scene.town.events(1)
    if (events) events.cuts = 1
    press(scene)
    await until('cut', () => reasons(scene).includes('unreachable'))
    // What was in it is gone; that the button is pressed is told to the next subscription.
    await until('the press', () => news(scene).length === 1)
    expect(scene.asked('CreatePullPointSubscription')).toBe(2)
  })

  it('motion, tampering and lost video are told as states, and are no signals', async () => {
    const scene = await start({})
    for (const kind of ['motion', 'tampered', 'videoLoss'] as const) scene.town.notice(1, kind, true)
    await until('all', () => scene.fake.cameraEvents.filter(event => event.active).length === 3)
    expect(scene.fake.cameraEvents.filter(event => event.active).map(event => event.kind)).toEqual([
      ...['motion', 'tampered', 'videoLoss']
    ])
    expect(scene.fake.cameraEvents[0]).toMatchObject({ endpoint: endpointOf(1), address: '127.0.0.1', active: false })
    expect(scene.fake.signals).toEqual([])
  })
})

describe('hostile devices', () => {
  const camera = (eventsAt: (port: number) => string, events: (text: string, response: ServerResponse) => void) => {
    const soap = (body: string) =>
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${body}</s:Body></s:Envelope>`
    const device = startHttp(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      if (request.url === '/events') return events(text, response)
      const { port } = await device
      const services = `<GetServicesResponse><Service><Namespace>http://www.onvif.org/ver10/events/wsdl</Namespace><XAddr>${eventsAt(port)}</XAddr></Service></GetServicesResponse>`
      response.end(soap(text.includes('GetServices') ? services : '<r/>'))
    })
    cleanups.push(async () => (await device).stop())
    return device.then(({ port }) => ({ port, soap }))
  }
  const made = '<CreatePullPointSubscriptionResponse><SubscriptionReference/></CreatePullPointSubscriptionResponse>'
  const flood = (count: number) =>
    Array.from(
      { length: count },
      (_, n) =>
        `<NotificationMessage><Topic>t:Device/t:Trigger/t:DigitalInput</Topic><Message><Message PropertyOperation="Changed"><Source><SimpleItem Name="InputToken" Value="${n}"/></Source><Data><SimpleItem Name="State" Value="true"/></Data></Message></Message></NotificationMessage>`
    ).join('')

  it('never hangs on an answer without end, and lets nothing lead elsewhere', async () => {
    const asked: string[] = []
    const { port } = await camera(
      own => `http://203.0.113.9:${own}/events`,
      (text, response) => {
        asked.push(text)
        response.write('<s:Envelope')
      }
    )
    const fake = host()
    const adapter = startAdapter(fake, { discover: false, addresses: [`127.0.0.1:${port}`], requestTimeoutMs: 300 })
    cleanups.push(() => adapter.stop())
    await until('asked twice', () => asked.length >= 2)
    expect(fake.rejections.map(each => each.reason)).toContain('timeout')
  })

  it('takes no more inputs and no more messages than it can have', async () => {
    const page = await camera(
      own => `http://127.0.0.1:${own}/events`,
      (text, response) => void response.end(page.soap(text.includes('PullMessages') ? `<r>${flood(600)}</r>` : made))
    )
    const fake = host()
    const adapter = startAdapter(fake, { discover: false, addresses: [`127.0.0.1:${page.port}`] })
    cleanups.push(() => adapter.stop())
    await until('read', () => fake.rejections.some(each => each.reason === 'tooManyEvents'))
    await until('bounded', () => fake.rejections.some(each => each.reason === 'tooManyInputs'))
    await until('all', () => fake.signals.length === 64)
    expect(fake.signals.every(signal => !signal.verified)).toBe(true)
  })

  it('is not led into tight circles by messages without end', async () => {
    let pulls = 0
    const page = await camera(
      own => `http://127.0.0.1:${own}/events`,
      (text, response) => {
        if (text.includes('PullMessages')) pulls++
        response.end(page.soap(text.includes('PullMessages') ? `<r>${flood(1)}</r>` : made))
      }
    )
    const adapter = startAdapter(host(), { discover: false, addresses: [`127.0.0.1:${page.port}`] })
    cleanups.push(() => adapter.stop())
    await until('pulled', () => pulls >= 2)
    const [before, beganMs] = [pulls, performance.now()]
    await until('pulled ten times', () => pulls >= before + 10)
    expect(performance.now() - beganMs).toBeGreaterThan(900)
  })

  it('leaves a device alone that refuses the login for its events, longer each time', async () => {
    const fake = hostWith()
    // When it was refused, not when a busy test came to see it.
    const refusedMs: number[] = []
    const reject: typeof fake.host.reject = (reason, ...rest) => {
      if (reason === 'notAuthorized') refusedMs.push(performance.now())
      fake.host.reject(reason, ...rest)
    }
    const settings = { readIntervalMs: 3_600_000, unauthorizedRetryMs: 300 }
    const scene = watch(await town({}), { ...fake, host: { ...fake.host, reject } }, settings)
    await until('pulled', () => scene.asked('PullMessages') >= 1)
    scene.town.fault(1, 'refuse')
    await until('refused three times', () => refusedMs.length >= 3)
    const [first = 0, second = 0, third = 0] = refusedMs
    expect(second - first).toBeGreaterThan(280)
    expect(third - second).toBeGreaterThan(580)
  })
})
