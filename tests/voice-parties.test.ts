/** A household on the telephone, 110 on baresip and 120 on sipp in one call: each is heard by the others, measured by tones. */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { alawToLinear, linearToAlaw } from '../adapters/kit/g711.ts'
import { definition as sip } from '../adapters/sip/index.ts'
import { createTelephone } from '../adapters/sip/simulator.ts'
import { sdp } from '../adapters/sip/testing.ts'
import type { Incident, TimelineEntry } from '../gateway/core/incident.ts'
import { startBaresip } from '../gateway/testing/baresip.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { freePorts } from '../gateway/testing/ports.ts'
import { runGateway } from '../gateway/testing/run-gateway.ts'
import { startListener } from '../gateway/testing/sipp-neighbours.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const TOWN = {
  site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
  groups: [],
  subjects: [{ id: 'h1', kind: 'household', name: '陈桂芳', address: '杏花巷 16 号', phone: '6650147' }],
  sources: [{ id: 'sip:6650147', subjectId: 'h1', kind: 'panicPhone' }],
  cameras: [],
  units: [{ id: 'u1', name: '巡防 07 车', unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 }]
}
const HOUSEHOLD_HZ = 700
/** What baresip says in tests. */
const POLICE_HZ = 440

const tone = (hz: number, seconds: number) =>
  Buffer.from(
    Array.from({ length: seconds * 8_000 }, (_, i) =>
      linearToAlaw(Math.round(8_000 * Math.sin((2 * Math.PI * hz * i) / 8_000)))
    )
  )

/** Amplitude of one tone in the loudest tenth of a second (Goertzel). */
function loudness(alaw: Buffer, hz: number): number {
  const length = 800
  const turn = 2 * Math.cos((2 * Math.PI * hz) / 8_000)
  let best = 0
  for (let from = 0; from + length <= alaw.length; from += length) {
    let [a, b] = [0, 0]
    for (const byte of alaw.subarray(from, from + length)) [a, b] = [alawToLinear(byte) + turn * a - b, a]
    best = Math.max(best, (2 * Math.sqrt(Math.max(0, a * a + b * b - turn * a * b))) / length)
  }
  return best
}

test('110 and 120 are taken into the call of a household, all hear each other, all is on the record', async () => {
  const dir = tempDir('parties')
  const [sipPort = 0, control = 0, sound = 0, voicePort = 0] = await freePorts(4)
  const police = await startBaresip({
    number: '110',
    dir: join(dir, '110'),
    ports: [sipPort, control, sound],
    answers: 'auto'
  })
  cleanups.push(() => police.stop())
  const medical = await startListener(voicePort)
  cleanups.push(medical.stop)
  const trunks = [
    { name: 'police', address: '127.0.0.1', port: sipPort, maxPlaced: 1 },
    { name: 'medical', address: '127.0.0.1', port: medical.port, maxPlaced: 1 },
    { name: 'town', address: '127.0.0.1' }
  ]
  const running = await runGateway({
    ...{ dir: tempDir('parties-gateway'), registry: TOWN, adapters: [sip] },
    config: {
      adapters: {
        sip: { address: '127.0.0.1', port: 0, tlsPort: -1, ringMs: 50, rtpPorts: { from: 0, to: 0 }, trunks }
      },
      incidents: { voiceTransfer: { police: '110', medical: '120' } }
    }
  })
  cleanups.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const incident = async () => ((await (await operator.get('/api/incidents')).json()) as Incident[])[0]
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const telephone = await createTelephone({ server, number: '6650147', asserted: true })
  const call = await telephone.press({ hangUpAfterMs: 110_000, says: tone(HOUSEHOLD_HZ, 110) })
  const { id } = await until('the incident', incident)

  expect((await operator.act(id, { action: 'addParty', to: '110' })).status).toBe(409)
  await operator.act(id, { action: 'acknowledge' })
  // No number is set for the fire service, none for this unit.
  for (const to of ['119', 'u1']) expect((await operator.act(id, { action: 'addParty', to })).status).toBe(409)
  expect((await operator.act(id, { action: 'addParty', to: '110' })).status).toBe(200)
  const states = async () => (await incident())?.parties?.map(p => `${p.name} ${p.state}`).join()
  await until('110 is in the call', async () => (await states()) === '110 joined')
  expect((await operator.act(id, { action: 'addParty', to: '110' })).status).toBe(409)

  await writeFile(join(dir, 'in.sdp'), sdp(voicePort, '8'))
  const args = ['-loglevel', 'error', '-protocol_whitelist', 'file,udp,rtp', '-i', 'in.sdp', '-t', '3']
  const ffmpeg = spawn('ffmpeg', [...args, '-c', 'copy', '-f', 'alaw', 'heard.alaw'], { cwd: dir, stdio: 'ignore' })
  const recorded = new Promise<void>((resolve, reject) => ffmpeg.once('close', () => resolve()).once('error', reject))
  expect((await operator.act(id, { action: 'addParty', to: '120' })).status).toBe(200)
  await until('120 is in the call', async () => (await states()) === '110 joined,120 joined')
  await recorded
  const heard = await readFile(join(dir, 'heard.alaw'))
  expect(loudness(heard, HOUSEHOLD_HZ)).toBeGreaterThan(4_000)
  expect(loudness(heard, POLICE_HZ)).toBeGreaterThan(4_000)
  expect(loudness(heard, 1_000)).toBeLessThan(400)

  const joined = (await incident())?.parties?.find(p => p.name === '120')
  expect((await operator.act(id, { action: 'dropParty', party: joined?.id ?? '' })).status).toBe(200)
  expect(await medical.ended).toBe('passed')
  // 110 hangs up: the household is alone and hears the prompt again.
  police.command('hangup')
  await until('110 has left', async () => (await states()) === '110 left,120 left')
  call.hangUp()
  const { audio } = await call.ended
  await telephone.close()
  expect(loudness(audio, POLICE_HZ)).toBeGreaterThan(4_000)
  const { timeline } = (await (await operator.get(`/api/incidents/${id}`)).json()) as { timeline: TimelineEntry[] }
  const lines = timeline
    .filter(entry => entry.kind.startsWith('party'))
    .map(({ kind, data }) => [kind, data.name, data.callEnd])
  expect(lines.sort()).toEqual([
    ['partyAsked', '110', undefined],
    ['partyAsked', '120', undefined],
    ['partyJoined', '110', undefined],
    ['partyJoined', '120', undefined],
    ['partyLeft', '110', 'byThem'],
    ['partyLeft', '120', 'byUs']
  ])
})
