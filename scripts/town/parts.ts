/** What every part of the simulated town can do, and the devices that have nothing to decide: boxes, buttons, telephones, taxis, cameras. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPanel, type Panel } from '../../adapters/dc09/simulator.ts'
import { type Box, createBox } from '../../adapters/mqtt/simulator.ts'
import { createCameraTown } from '../../adapters/onvif/simulator.ts'
import { type Line, openLine } from '../../adapters/sip/simulator.ts'
import { demoSecret } from '../../gateway/access/demo-secret.ts'
import { neighbourAnswers } from './neighbours.ts'
import type { Town } from './scenario.ts'

export interface Pressed {
  readonly name: string
  readonly address: string
  /** Until the gateway acknowledged, so until the press was durable. */
  readonly acknowledgedAfterMs: number
  readonly note?: string
}

export interface Part {
  readonly name: string
  /** Resolves when it works by itself; devices connect later, and again for ever. */
  start(): Promise<void>
  stop(): Promise<void>
  readonly online: number
  readonly count: number
  /** Where not every one of them has a button: how many have. */
  readonly buttons?: number
  /** Presses the button of the n-th device, counted from 1; rejects with a sentence when there is none. */
  press?(n: number): Promise<Pressed>
}

export interface Ways {
  readonly seed: string
  readonly mqtt: string
  readonly sip: { readonly address: string; readonly port: number }
  readonly jt808: { readonly host: string; readonly port: number; readonly udpPort?: number }
  readonly jt905: { readonly host: string; readonly port: number }
  readonly dc09: { readonly host: string; readonly port: number }
  /** SIP over TLS, and the file of the certificate that is trusted there; absent: no telephone of the town speaks it. */
  readonly sips?: { readonly address: string; readonly port: number }
  readonly gatewayCertificate?: string
  /** Where the cameras keep their certificate: a gateway that has seen it trusts no other. */
  readonly certificateFile?: string
}

export function pick<T>(list: readonly T[], n: number, what: string): T {
  const found = list[n - 1]
  if (found === undefined) throw new Error(`there is no ${what} ${n}; they are numbered 1 to ${list.length}`)
  return found
}

/** Alarm boxes or one-key buttons on MQTT. `type` is what a press reports. */
export function boxesPart(name: 'boxes' | 'buttons', town: Town, ways: Ways): Part {
  const devices = name === 'boxes' ? town.boxes : town.buttons
  const type = name === 'boxes' ? 'panic' : 'help'
  const boxes = devices.map(({ native }): Box => {
    const username = `${town.site}/${native}`
    const password = demoSecret(ways.seed, 'mqtt', username)
    const { heartbeatMs } = town.scenario.boxes
    return createBox({ url: ways.mqtt, username, password, site: town.site, source: native, heartbeatMs })
  })
  return {
    name,
    count: boxes.length,
    get online() {
      return boxes.filter(box => box.connected).length
    },
    async start() {
      for (const box of boxes) void box.start()
    },
    async stop() {
      await Promise.all(boxes.map(box => box.stop()))
    },
    async press(n) {
      const { name: who, address } = pick(devices, n, name === 'boxes' ? 'box' : 'button')
      const { acknowledgedAfterMs } = await pick(boxes, n, name).press({
        type,
        zone: name === 'boxes' ? '01' : undefined
      })
      return { name: who, address, acknowledgedAfterMs }
    }
  }
}

/** Alarm boxes that report by SIA DC-09, encrypted: the first over TCP, the next over UDP with the CRC in raw bytes, and so on. */
export function panelsPart(town: Town, ways: Ways): Part {
  const panels = town.panels.map(
    ({ n, native }): Panel =>
      createPanel({
        ...ways.dc09,
        account: native,
        key: demoSecret(ways.seed, 'dc09', native),
        transport: n % 2 === 1 ? 'tcp' : 'udp',
        crcForm: n % 2 === 1 ? 'hex' : 'raw',
        linkTestMs: town.scenario.panels.linkTestMs
      })
  )
  return {
    name: 'panels',
    count: panels.length,
    get online() {
      return panels.filter(panel => panel.status.online).length
    },
    async start() {
      for (const panel of panels) panel.start()
    },
    async stop() {
      await Promise.all(panels.map(panel => panel.stop()))
    },
    async press(n) {
      const { name, address } = pick(town.panels, n, 'DC-09 box')
      return { name, address, acknowledgedAfterMs: await pick(panels, n, 'DC-09 box').press() }
    }
  }
}

/** Forty telephones that dial #9. The exchange vouches for their numbers; a gateway that does not trust it asks for each one's log-in. */
/** What everybody in the town says on the telephone: voices/help.zh.txt, spoken by espeak-ng as adapters/sip/prompts/make.sh does. */
export const HELP = readFileSync(join(import.meta.dirname, 'voices', 'help.zh.alaw'))

export function telephonesPart(town: Town, ways: Ways): Part {
  let line: Line | undefined
  return {
    name: 'telephones',
    count: town.households.length,
    get online() {
      return line ? town.households.length : 0
    },
    async start() {
      const answers = neighbourAnswers(town.scenario.telephones, () => Math.random(), HELP)
      const open = (localPort: number) => openLine({ server: ways.sip, localPort, answers })
      // Where another town has the port this one is not the gateway's exchange: it can call with its log-ins, not be rung.
      line = await open(town.scenario.ports.exchange).catch(() => open(0))
    },
    async stop() {
      await line?.close()
      line = undefined
    },
    async press(n) {
      const device = pick(town.households, n, 'household')
      if (!line) throw new Error('the telephones are not connected')
      const startedMs = Date.now()
      const number = device.native
      const login = { username: number, password: demoSecret(ways.seed, 'sip', number) }
      const call = await line
        .telephone({ number, display: device.name, asserted: true, login })
        .press({ hangUpAfterMs: town.scenario.telephones.hangUpAfterMs, says: HELP })
      if (call.ringingAtMs === undefined) throw new Error(`the call of ${number} was not taken (SIP ${call.status})`)
      return { name: device.name, address: device.address, acknowledgedAfterMs: call.ringingAtMs - startedMs }
    }
  }
}

const HELD_MS = 2_000

/** Cameras, and the buttons at their alarm inputs. */
export function camerasPart(town: Town, ways: Ways): Part {
  const { cameraHttp, cameraRtsp, discovery } = town.scenario.ports
  const inputs = town.inputs.flatMap(device => {
    const slash = device.native.lastIndexOf('/')
    const camera = town.cameras.find(each => each.endpoint === device.native.slice(0, slash))
    return camera ? [{ ...device, camera: camera.number, token: device.native.slice(slash + 1) }] : []
  })
  const cameras = createCameraTown({
    cameras: town.cameras.map(camera => ({
      ...camera,
      events: {},
      inputs: inputs.filter(input => input.camera === camera.number).map(({ token }) => token)
    })),
    motionEveryMs: town.scenario.motion.everyMs,
    loopsDir: town.loopsDir,
    login: { username: 'cameras', password: demoSecret(ways.seed, 'onvif', 'cameras') },
    certificateFile: ways.certificateFile,
    httpPort: cameraHttp,
    rtspPort: cameraRtsp,
    discovery: true,
    ...(discovery === undefined ? {} : { discoveryPort: discovery })
  })
  let running = false
  return {
    name: 'cameras',
    count: town.cameras.length,
    get online() {
      return running ? town.cameras.length : 0
    },
    async start() {
      await cameras.start()
      running = true
    },
    async stop() {
      if (running) await cameras.stop()
      running = false
    },
    buttons: inputs.length,
    async press(n) {
      const { camera, token, name, address } = pick(inputs, n, 'input')
      const startedMs = Date.now()
      const taken = cameras.events(camera)?.taken()
      cameras.input(camera, token, true)
      // A button springs back; the contact opens again whether or not anybody has heard.
      setTimeout(() => cameras.input(camera, token, false), HELD_MS).unref()
      await taken
      return { name, address, acknowledgedAfterMs: Date.now() - startedMs }
    }
  }
}

/** Presses one device after another over all kinds, `n` times in all, twenty a second, and sums up. */
export async function storm(
  parts: readonly Part[],
  n: number,
  everyMs = 50
): Promise<{ readonly acknowledged: number; readonly failed: number; readonly slowestMs: number }> {
  const devices = parts.flatMap(part =>
    part.press ? Array.from({ length: part.buttons ?? part.count }, (_, i) => ({ part, n: i + 1 })) : []
  )
  // Neighbouring presses come from different kinds of devices, as they would.
  const order = devices.map((device, i) => ({ device, key: (i * 37) % 101 })).sort((a, b) => a.key - b.key)
  const presses: Promise<Pressed | undefined>[] = []
  for (let i = 0; i < n; i++) {
    const { device } = order[i % order.length] ?? {}
    if (device?.part.press) presses.push(device.part.press(device.n).catch(() => undefined))
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
  const done = (await Promise.all(presses)).filter(one => one !== undefined)
  return {
    acknowledged: done.length,
    failed: n - done.length,
    slowestMs: Math.max(0, ...done.map(one => one.acknowledgedAfterMs))
  }
}
