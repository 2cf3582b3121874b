/** Pendants of old people that speak JT/T 808, as a car's terminal does: each stays at home and has one button. */
import { createTaxi } from '../../adapters/jt808/simulator.ts'
import { type Part, pick, type Ways } from './parts.ts'
import type { Town } from './scenario.ts'

const REPORT_MS = 60_000

export function pendantsPart(town: Town, ways: Ways): Part {
  const pendants = town.pendants.map(({ native, home }) =>
    createTaxi({
      host: ways.jt808.host,
      port: ways.jt808.port,
      phone: native,
      plate: '',
      version: 2019,
      place: () => ({ ...home, speedKmh: 0, headingDeg: 0 }),
      reportMs: REPORT_MS,
      heartbeatMs: town.scenario.taxis.heartbeatMs,
      isWatch: true
    })
  )
  return {
    name: 'pendants',
    count: pendants.length,
    get online() {
      return pendants.filter(pendant => pendant.status.online).length
    },
    async start() {
      for (const pendant of pendants) pendant.start()
    },
    async stop() {
      await Promise.all(pendants.map(pendant => pendant.stop()))
    },
    async press(n) {
      const { name, address } = pick(town.pendants, n, 'pendant')
      const pendant = pick(pendants, n, 'pendant')
      const note = pendant.status.pressed ? 'it is pressed already, until the floor acknowledges (0x8203)' : undefined
      return { name, address, acknowledgedAfterMs: await pendant.press(), note }
    }
  }
}
