/** Watches of old people: each sits at home until it is told to walk; then it leaves its fence, and goes home by itself after a while. */
import { type Box, createBox } from '../../adapters/mqtt/simulator.ts'
import { demoSecret } from '../../gateway/access/demo-secret.ts'
import type { Part, Ways } from './parts.ts'
import type { Town } from './scenario.ts'

/** Metres north of home, one after the other; the fence of the town's registry ends at 150. */
const WAY_OUT = [40, 80, 120, 160, 200, 240, 260] as const
const STEP_MS = 500
const HOME_AFTER_MS = 120_000
const RESTING_MS = 60_000
const METRES_PER_DEGREE = 111_195

export function watchesPart(town: Town, ways: Ways): Part {
  const timers = new Set<NodeJS.Timeout>()
  const watches = town.watches.map(device => {
    const username = `${town.site}/${device.native}`
    const { heartbeatMs } = town.scenario.boxes
    const password = demoSecret(ways.seed, 'mqtt', username)
    const login = { url: ways.mqtt, username, password, site: town.site, source: device.native, takes: [] }
    return { device, box: createBox({ ...login, heartbeatMs }), metres: 0 }
  })
  type Watch = (typeof watches)[number]

  const tell = ({ device: { home }, box, metres }: Watch): Promise<void> =>
    box.locate({ lat: home.lat + metres / METRES_PER_DEGREE, lon: home.lon, accuracyM: 8 })
  const later = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })
  const rest = (watch: Watch): void => {
    const timer = setInterval(() => watch.box.connected && void tell(watch).catch(() => {}), RESTING_MS)
    timers.add(timer)
  }
  const goHome = async (watch: Watch): Promise<void> => {
    await later(HOME_AFTER_MS)
    for (const metres of [180, 100, 0]) {
      watch.metres = metres
      await tell(watch)
      await later(STEP_MS)
    }
  }
  return {
    name: 'watches',
    count: watches.length,
    // A walk is no press: a storm leaves them at home.
    buttons: 0,
    get online() {
      return watches.filter(({ box }: { box: Box }) => box.connected).length
    },
    async start() {
      for (const watch of watches) {
        void watch.box.start()
        rest(watch)
      }
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(watches.map(({ box }) => box.stop()))
    },
    async press(n) {
      const watch = watches[n - 1]
      if (!watch) throw new Error(`there is no watch ${n}; they are numbered 1 to ${watches.length}`)
      let acknowledgedAfterMs = 0
      for (const metres of WAY_OUT) {
        watch.metres = metres
        const startMs = performance.now()
        await tell(watch)
        acknowledgedAfterMs = performance.now() - startMs
        await later(STEP_MS)
      }
      void goHome(watch).catch(() => {})
      const { name, address } = watch.device
      return { name, address, acknowledgedAfterMs, note: 'walked out of the fence; back home in two minutes' }
    }
  }
}
