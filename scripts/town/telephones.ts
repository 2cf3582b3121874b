/** Telephones of the town beside its forty households: SIP telephones that register over TLS, a dialler, drivers on their 24-hour line. */
import { existsSync, readFileSync } from 'node:fs'
import { dialReport } from '../../adapters/sip/simulated-dialler.ts'
import { createRegistered, type RegisteredTelephone } from '../../adapters/sip/simulated-registered.ts'
import { type Line, openLine } from '../../adapters/sip/simulator.ts'
import { demoSecret } from '../../gateway/access/demo-secret.ts'
import { HELP, type Part, pick, type Ways } from './parts.ts'
import type { Device, Town } from './scenario.ts'

/** The service numbers of config/demo.yaml. */
const REPORTS_TO = '*124'
const TAXI_LINE = '96106'
/** The gateway counts what comes by a connection from its exchange's address as the exchange's: these live next door. */
const NEXT_DOOR = '127.0.0.2'
/** What each presses in its call: a doctor, the fire brigade, and the silent key of whoever is forced. */
const KEYS = ['2', '3', '9'] as const
const PICK_UP_MS = 3_000
const PERIMETER = { q: '1', event: '131', group: '01', zone: '002' } as const

const passwordOf = ({ seed }: Ways, { native }: Device): string => demoSecret(seed, 'sip', native)

/** Each is pressed as people do it: #9, and a key while the prompt is spoken. */
export function sipPhonesPart(town: Town, ways: Ways): Part {
  const { sips, gatewayCertificate } = ways
  let phones: readonly RegisteredTelephone[] = []
  const certificate = () =>
    gatewayCertificate !== undefined && existsSync(gatewayCertificate)
      ? readFileSync(gatewayCertificate, 'utf8')
      : undefined
  return {
    name: 'sipPhones',
    count: town.sipPhones.length,
    // A storm is of those that stand in every house.
    buttons: 0,
    get online() {
      return phones.filter(phone => phone.registered).length
    },
    async start() {
      if (!sips) return
      const answers = () => ({ does: 'answer', afterMs: PICK_UP_MS, says: HELP }) as const
      phones = await Promise.all(
        town.sipPhones.map(device =>
          createRegistered({
            ...{ server: sips, localAddress: NEXT_DOOR, number: device.native, display: device.name },
            ...{ password: passwordOf(ways, device), certificate, answers }
          })
        )
      )
      for (const phone of phones) phone.start()
    },
    async stop() {
      await Promise.all(phones.map(phone => phone.close()))
    },
    async press(n) {
      const { name, address } = pick(town.sipPhones, n, 'SIP telephone')
      const digits = KEYS[n - 1]
      const startedMs = Date.now()
      const how = { digits, hangUpAfterMs: town.scenario.telephones.hangUpAfterMs, says: HELP }
      const call = await pick(phones, n, 'SIP telephone').press(how)
      if (call.ringingAtMs === undefined) throw new Error(`the call was not taken (SIP ${call.status})`)
      const note = digits === undefined ? {} : { note: `presses ${digits} a second after the answer` }
      return { name, address, acknowledgedAfterMs: call.ringingAtMs - startedMs, ...note }
    }
  }
}

/** Lines of the public network with a log-in of their own, which are only called from. */
function callersPart(
  name: 'diallers' | 'drivers',
  devices: readonly Device[],
  ways: Ways,
  call: (line: Line, device: Device) => Promise<void>
): Part {
  let line: Line | undefined
  return {
    name,
    count: devices.length,
    buttons: 0,
    get online() {
      return line ? devices.length : 0
    },
    async start() {
      line = await openLine({ server: ways.sip })
    },
    async stop() {
      await line?.close()
      line = undefined
    },
    async press(n) {
      const device = pick(devices, n, name)
      if (!line) throw new Error('the telephones are not connected')
      const startedMs = Date.now()
      await call(line, device)
      return { name: device.name, address: device.address, acknowledgedAfterMs: Date.now() - startedMs }
    }
  }
}

const telephoneOf = (line: Line, device: Device, ways: Ways) =>
  line.telephone({
    ...{ number: device.native, display: device.name },
    login: { username: device.native, password: passwordOf(ways, device) }
  })

/** Door and window detectors that dial: acknowledged when the report is kissed off. */
export const diallersPart = (town: Town, ways: Ways): Part =>
  callersPart('diallers', town.diallers, ways, (line, device) =>
    dialReport(telephoneOf(line, device, ways), REPORTS_TO, { account: accountOf(device), ...PERIMETER })
  )

/** The last four digits of its number. */
const accountOf = ({ native }: Device): string => native.slice(-4)

/** A driver calls from his own telephone: the incident shows his taxi and where it is. */
export const driversPart = (town: Town, ways: Ways): Part =>
  callersPart('drivers', town.drivers, ways, async (line, device) => {
    const how = { dial: TAXI_LINE, hangUpAfterMs: town.scenario.telephones.hangUpAfterMs, says: HELP }
    const { ringingAtMs, status } = await telephoneOf(line, device, ways).press(how)
    if (ringingAtMs === undefined) throw new Error(`the call was not taken (SIP ${status})`)
  })
