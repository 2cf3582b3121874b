/** The sample configuration equals the defaults, and the generated files are the ones in the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { adapters } from '../adapters/index.ts'
import { loadConfig, parseConfig } from '../gateway/config.ts'
import { ERRORS } from '../gateway/core/errors.ts'
import { generatedFiles, undescribed } from '../scripts/lib/generated.ts'
import { readTown } from '../scripts/town/scenario.ts'

const ROOT = join(import.meta.dirname, '..')
const SAMPLE = join(ROOT, 'config/gateway.yaml')

it('config/gateway.yaml equals the defaults', () => {
  expect(loadConfig(SAMPLE, adapters)).toEqual(parseConfig('', SAMPLE, adapters))
})

it('config/demo.yaml changes only what the town needs, and its files exist', () => {
  const { registry, storage, adapters: protocols, ...rest } = loadConfig(join(ROOT, 'config/demo.yaml'), adapters)
  const { registry: none, ...defaults } = parseConfig('', SAMPLE, adapters)
  const ours = expect.any(String)
  // A demonstration must not fill the disk it is tried on.
  const recording = { ...rest.media.recording, dir: ours, quotaGb: expect.any(Number) }
  // The town's exchange has telephones for every number.
  const incidents = { ...rest.incidents, voiceTransfer: defaults.incidents.voiceTransfer }
  // Its taxis have cameras, and run on this machine.
  const { vehicleVideo } = defaults.media
  const media = { ...rest.media, evidenceDir: ours, recording, vehicleVideo }
  // The county's platform runs on this machine; the internet is told nothing.
  expect(rest.outwards.allow.every(range => /^(127|10|172\.16|192\.168)\./.test(range))).toBe(true)
  const outwards = { ...rest.outwards, allow: defaults.outwards.allow }
  expect(defaults).toMatchObject({ ...rest, incidents, media, outwards })
  expect(none.file).toBe('')
  const files = [registry.file, registry.streets, ...Object.values(registry.layers)]
  expect(files.filter(file => !existsSync(file))).toEqual([])
  expect(storage.dir).toMatch(/data\/demo$/)
  expect(Object.values(protocols).every(({ enabled }) => enabled)).toBe(true)
})

/** Every number that stands under a key which names a port, however deep; lists name other machines. */
function portsOf(settings: object): number[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    if (typeof value === 'object' && value !== null) return Array.isArray(value) ? [] : portsOf(value)
    return /port$/i.test(key) && Number.isInteger(value) && value > 0 ? [value as number] : []
  })
}

it('the town beside the demo opens no port that the gateway opens', () => {
  const { media, ...rest } = loadConfig(join(ROOT, 'config/demo.yaml'), adapters)
  const workers = Array.from({ length: media.workers }, (_, n) => media.basePort + n)
  const gateway = new Set([...portsOf(rest), ...workers])
  expect(gateway).toContain(rest.http.port)
  const { ports } = readTown(join(ROOT, 'config/scenarios/town.yaml')).scenario
  expect(Object.entries(ports).filter(([, port]) => gateway.has(port))).toEqual([])
  // The press page reaches the town where the town listens.
  const commandLine = readFileSync(join(ROOT, 'gateway/compose/command-line.ts'), 'utf8')
  expect(commandLine).toContain(`'http://127.0.0.1:${ports.control}'`)
})

it.each(Object.entries(generatedFiles(adapters)))(
  '%s is what `node scripts/lib/generated.ts` writes',
  (path, wanted) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(wanted)
  }
)

it('every key says what it does', () => {
  expect(undescribed(adapters)).toEqual([])
})

it('docs/errors.md lists exactly the codes there are', () => {
  const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
  expect([...page.matchAll(/^\| `([A-Z_0-9]+)` +\|/gm)].map(match => match[1])).toEqual(Object.keys(ERRORS))
})
