/** What goes wrong from outside: full disk, unknown callers, bad payloads, wrong configuration. Nothing is lost and everything is said. */
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createBox } from '../adapters/mqtt/simulator.ts'
import { createTelephone } from '../adapters/sip/simulator.ts'
import type { Diagnostics } from '../gateway/core/wire.ts'
import { DATABASE_FILE } from '../gateway/storage/sqlite/open.ts'
import { verify } from '../gateway/storage/verify.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { type RunningGateway, type RunOptions, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const boxOn = (running: RunningGateway) =>
  createBox({
    url: `mqtt://127.0.0.1:${running.port('adapters.mqtt.port')}`,
    username: 'linxi/box-03',
    password: 'box-secret',
    site: 'linxi',
    source: 'box-03'
  })

function pressesIn(file: string): number {
  const db = new BetterSqlite(file, { readonly: true })
  const counted = db.prepare(`SELECT sum(coalesce(json_extract(body, '$.gathered.presses'), 1)) FROM signals`)
  const presses = counted.pluck().get() as number
  db.close()
  return presses
}

async function floor(
  options: RunOptions
): Promise<{ running: RunningGateway; console: ConsoleClient; stop(): Promise<void> }> {
  const running = await runGateway(options)
  await running.device('mqtt', 'linxi/box-03', 'box-secret')
  const console = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  await console.connect()
  return {
    running,
    console,
    async stop() {
      console.close()
      await running.stop()
    }
  }
}

describe('full disk', () => {
  test('nothing is acknowledged, the floor sees why, and the press arrives once there is room', async () => {
    const dir = tempDir('full')
    const first = await floor({ dir, maxPages: 130 })
    const device = boxOn(first.running)
    await device.start()
    let acknowledged = 0
    let waiting = false
    const fill = (async () => {
      while (!waiting) {
        await device.press({ text: 'x'.repeat(400) })
        acknowledged += 1
      }
    })()
    await until('the floor is told', () => first.console.notices().some(n => n.code === 'storeUnwritable'))
    const notice = first.console.notices().find(n => n.code === 'storeUnwritable')
    expect(notice).toMatchObject({ level: 'critical' })
    expect(String(notice?.data.error)).toContain('SQLITE_FULL')
    waiting = true
    const before = acknowledged
    await first.stop()

    const second = await runGateway({ dir, config: { http: { address: '127.0.0.1', port: 0, httpsPort: 0 } } })
    const again = boxOn(second)
    await again.start()
    await again.press()
    await second.gateway.idle()
    await second.stop()
    const report = await verify({ dir: join(dir, 'data'), settled: true })
    expect(report.violations).toEqual([])
    // A box that never stops is a row a second, with its presses counted.
    expect(pressesIn(join(dir, 'data', DATABASE_FILE))).toBeGreaterThanOrEqual(before + 1)
    await device.stop()
    await again.stop()
    void fill
  })
})

test('a log that cannot be written, from the first line on, ends nothing and holds nothing up', async () => {
  const setup = await prepareProcess(tempDir('full-log'), SMALL_TOWN, { log: { level: 'debug' } })
  const full = openSync('/dev/full', 'w')
  const gateway = spawnGateway(setup, [], full)
  try {
    const answers = async () => {
      const response = await fetch(`http://127.0.0.1:${setup.ports.http}/api/site`).catch(() => undefined)
      return response?.ok
    }
    await until('it answers', answers)
    // Each is a line of the log.
    for (let n = 0; n < 20; n++) await fetch(`http://127.0.0.1:${setup.ports.http}/api/none`)
    expect(await answers()).toBe(true)
    await gateway.kill('SIGTERM')
    expect(await gateway.exited).toBe(0)
  } finally {
    await gateway.kill('SIGKILL')
    closeSync(full)
  }
})

describe('unknown and unreadable', () => {
  test('an unlisted caller is an incident "unmapped"; an unreadable payload too, and it is counted', async () => {
    const { running, console, stop } = await floor({ dir: tempDir('unknown') })
    const phone = await createTelephone({
      server: { address: '127.0.0.1', port: running.port('adapters.sip.port') },
      number: '6659999',
      asserted: true
    })
    const press = await phone.press({ cancelAfterMs: 200 })
    expect(press.ringingAtMs).toBeDefined()
    const unknown = await console.see('the unmapped incident', b =>
      b.type === 'incident' && b.incident.alarmClass === 'unmapped' ? b : false
    )
    expect(unknown.incident).toMatchObject({
      priority: 3,
      subject: { kind: 'unmapped', name: '未登记号码 6659999', description: 'sip:6659999' }
    })

    const device = boxOn(running)
    await device.start()
    await device.press({ type: 'earthquake' })
    await console.see('the unreadable press', b =>
      b.type === 'incident' && b.incident.subject.id === 'shop' ? b : false
    )
    const diagnostics = (await (await console.get('/api/diagnostics')).json()) as Diagnostics
    const mqtt = diagnostics.adapters.find(a => a.name === 'mqtt')
    expect(mqtt?.rejected).toMatchObject([{ reason: 'typeUnknown', count: 1, lastDetail: 'earthquake' }])
    const metrics = await (await fetch(`${running.url}/metrics`)).text()
    expect(metrics).toMatch(/pingan_rejected_total\{adapter="mqtt",reason="typeUnknown"\} 1/)
    await phone.close()
    await device.stop()
    await stop()
  })
})

describe('configuration', () => {
  test('every fault at once, with key, value and what is allowed; the gateway does not start', async () => {
    const file = join(tempDir('config'), 'wrong.yaml')
    writeFileSync(
      file,
      'site:\n  timeZone: ""\nhttp:\n  port: 99999\n  prot: 1\nmedia:\n  clipCameras: 1\nadapters:\n  mqtt:\n    port: "1883"\n'
    )
    for (const command of ['check-config', 'start']) {
      const { code, output } = await runCommand([command, '--config', file])
      expect(code).toBe(1)
      for (const part of [
        'http.port',
        '99999',
        'http.prot',
        'media.clipCameras',
        'adapters.mqtt.port',
        'site.timeZone'
      ]) {
        expect(output).toContain(part)
      }
      expect(output).toMatch(/line 4/)
    }
  })

  test('a registry that names what does not exist is refused with its place', async () => {
    const dir = tempDir('registry')
    const registry = {
      site: SMALL_TOWN.site,
      groups: [],
      subjects: [],
      cameras: [],
      units: [],
      sources: [{ id: 'sip:1', subjectId: 'nobody', kind: 'panicPhone' }]
    }
    await expect(runGateway({ dir, registry })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: {
        faults: expect.stringMatching(/^line \d+: sources: sip:1 names the subject nobody, which is not listed$/)
      }
    })
  })

  test('registry, map and certificate are read too: check-config and start tell every fault of every file, and end', async () => {
    const dir = tempDir('files')
    const write = (name: string, text: string) => writeFileSync(join(dir, name), text)
    const stream = (url: string, codec: string) => ({ main: { url, codec } })
    const [camera] = SMALL_TOWN.cameras
    write(
      'registry.yaml',
      stringify({
        ...SMALL_TOWN,
        cameras: [
          { ...camera, id: 'tls', transport: 'udp', streams: stream('rtsps://10.0.0.9/1', 'h264') },
          { ...camera, id: 'old', streams: stream('rtsp://10.0.0.9/1', 'mjpeg') },
          { ...camera, id: 'hevc', streams: stream('rtsp://10.0.0.9/1', 'h265') }
        ],
        grid: 'no-grid.geojson'
      })
    )
    write('water.geojson', '{')
    write('key.pem', 'no key')
    write('cert.pem', 'no certificate')
    const ports = { http: { address: '127.0.0.1', port: 0, httpsPort: 0 }, media: { basePort: 0 } }
    const tls = { keyFile: 'key.pem', certFile: 'cert.pem' }
    const registry = { file: 'registry.yaml', streets: 'no-streets.geojson', layers: { water: 'water.geojson' } }
    write(
      'gateway.yaml',
      stringify({ ...ports, http: { ...ports.http, tls }, registry, storage: { dir: join(dir, 'data') } })
    )
    for (const command of ['check-config', 'start']) {
      const { code, output } = await runCommand([command, '--config', join(dir, 'gateway.yaml')])
      expect(code).toBe(1)
      for (const part of [
        'tls main: rtsps:// carries the video inside the encrypted connection',
        'old main: mjpeg is not read',
        'no-grid.geojson',
        'no-streets.geojson',
        'water.geojson',
        'cert.pem'
      ]) {
        expect(output).toContain(part)
      }
      expect(output).not.toContain('hevc')
    }
  })

  test('a start that fails late ends by itself, with status 1 and nothing left running', async () => {
    const dir = tempDir('late')
    // A town without a fleet: the demo's people cannot be made, and that is found after everything listens.
    const setup = await prepareProcess(dir, {
      ...SMALL_TOWN,
      subjects: SMALL_TOWN.subjects.map(s => ({ ...s, fleetId: undefined }))
    })
    const started = spawnGateway(setup, ['--demo'])
    const code = await Promise.race([started.exited, sleep(90_000, undefined, { ref: false })])
    expect([code, started.output()]).toEqual([1, expect.stringContaining('needs a registry with a taxi fleet')])
  })
})

describe('first start', () => {
  test('as a service the password is in a private file, not in the output that the journal keeps', async () => {
    const dir = tempDir('first-start')
    const setup = await prepareProcess(dir, SMALL_TOWN)
    const started = spawnGateway(setup)
    await started.ready
    const file = join(dir, 'data', 'first-login.txt')
    const password = /password (\S+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(started.output()).toContain(file)
    expect(started.output()).not.toContain(password)
    const administrator = await logIn(`http://127.0.0.1:${setup.ports.http}`, '10001', password)
    expect(administrator.user.role).toBe('administrator')
    await started.kill('SIGTERM')
    const disabled = await runCommand(['disable-user', '10001', '--config', setup.configFile])
    expect([disabled.code, disabled.output]).toEqual([0, expect.stringContaining('10001 is disabled')])
    const again = spawnGateway(setup)
    await again.ready
    await expect(logIn(`http://127.0.0.1:${setup.ports.http}`, '10001', password)).rejects.toThrow('401')
    await again.kill('SIGTERM')
  })
})
