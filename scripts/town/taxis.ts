/** The town's taxis: each drives on for ever and has a button. Most speak JT/T 808, one JT/T 905, one MQTT/JSON. */
import { createTaxi } from '../../adapters/jt808/simulator.ts'
import { createIsu } from '../../adapters/jt905/simulator.ts'
import { createBox } from '../../adapters/mqtt/simulator.ts'
import { demoSecret } from '../../gateway/access/demo-secret.ts'
import { Mover, type Place, randomOf } from './mover.ts'
import { type Part, pick, type Ways } from './parts.ts'
import type { Town } from './scenario.ts'

const EDITIONS = [2013, 2019, 2011] as const
const STILL_PRESSED =
  'it is pressed already: a terminal keeps its emergency until the floor acknowledges (0x8203), so this is no new press'

interface Terminal {
  start(): unknown
  stop(): Promise<void>
  /** Resolves with the milliseconds until the platform acknowledged. */
  press(): Promise<number>
  readonly status: { readonly online: boolean; readonly pressed: boolean }
}

export function taxisPart(town: Town, ways: Ways): Part {
  const { reportMs, heartbeatMs, speedKmh } = town.scenario.taxis
  const taxis = town.taxis.map((device): Terminal => {
    const random = randomOf(device.n)
    const junction = Math.floor(random() * town.roads.junctions)
    const mover = new Mover({
      roads: town.roads,
      junction,
      speedKmh: [speedKmh[0], speedKmh[1]],
      random,
      nowMs: Date.now()
    })
    const place = () => mover.at(Date.now())
    if (device.speaks === 'jt905') return createIsu({ ...ways.jt905, isu: device.native, place, reportMs, heartbeatMs })
    if (device.speaks === 'mqtt') return mqttTaxi(town, ways, device.native, place)
    // Every fifth terminal is of the kind that speaks over UDP.
    const { host, port, udpPort = port } = ways.jt808
    const overUdp = device.n % 5 === 0
    return createTaxi({
      host,
      port: overUdp ? udpPort : port,
      transport: overUdp ? 'udp' : 'tcp',
      phone: device.native,
      plate: device.name,
      version: EDITIONS[device.n % EDITIONS.length] ?? 2013,
      place,
      reportMs,
      heartbeatMs
    })
  })
  return {
    name: 'taxis',
    count: taxis.length,
    get online() {
      return taxis.filter(taxi => taxi.status.online).length
    },
    async start() {
      for (const taxi of taxis) taxi.start()
    },
    async stop() {
      await Promise.all(taxis.map(taxi => taxi.stop()))
    },
    async press(n) {
      const device = pick(town.taxis, n, 'taxi')
      const taxi = pick(taxis, n, 'taxi')
      const note = taxi.status.pressed ? STILL_PRESSED : undefined
      return { name: device.name, address: device.address, acknowledgedAfterMs: await taxi.press(), note }
    }
  }
}

/** As finely as a receiver tells it. */
function rounded({ lat, lon, speedKmh, headingDeg }: Place): Place {
  const to = (value: number, steps: number) => Math.round(value * steps) / steps
  return { lat: to(lat, 1e6), lon: to(lon, 1e6), speedKmh: to(speedKmh, 10), headingDeg: to(headingDeg, 1) }
}

/** Says where it is with every report; its press names no place, the gateway knows the last one. */
function mqttTaxi(town: Town, ways: Ways, source: string, place: () => Place): Terminal {
  const username = `${town.site}/${source}`
  const password = demoSecret(ways.seed, 'mqtt', username)
  const { heartbeatMs } = town.scenario.boxes
  const own = { model: 'VT-10', heartbeatMs, takes: [] }
  const box = createBox({ url: ways.mqtt, username, password, site: town.site, source, ...own })
  let timer: NodeJS.Timeout | undefined
  const tell = () => box.connected && void box.moveTo(rounded(place())).catch(() => {})
  return {
    start() {
      // A broker that is not there is asked again for ever.
      void box.start().then(tell, () => {})
      timer = setInterval(tell, town.scenario.taxis.reportMs)
    },
    async stop() {
      clearInterval(timer)
      await box.stop()
    },
    press: async () => (await box.press({ type: 'panic' })).acknowledgedAfterMs,
    get status() {
      return { online: box.connected, pressed: false }
    }
  }
}
