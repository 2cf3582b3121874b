/** Keeps the house in order: who may import whom, how long files are, that every protocol has its files, and every page its line in the README. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path/posix'
import { expect, it } from 'vitest'
import { importsOf } from './imports.ts'

const ROOT = join(import.meta.dirname, '..')
const SIDES = ['storage', 'http', 'supervise']
const COMPOSITION = /^gateway\/(main|gateway|pipeline)\.ts$|^gateway\/compose\//

function sources(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
    .map(file => `${folder}/${file}`)
}

const FILES = ['gateway', 'adapters', 'scripts', 'tests', 'web-console'].flatMap(sources)
const PROTOCOLS = readdirSync(join(ROOT, 'adapters'), { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'kit')
  .map(entry => entry.name)

/** A part of the house: `core`, `room media`, `adapter sip` … */
function zoneOf(file: string): string {
  if (COMPOSITION.test(file)) return 'composition'
  const [top = '', second = '', third] = file.split('/')
  if (top === 'gateway') {
    if (second.startsWith('config')) return 'config'
    if (['core', 'testing', ...SIDES].includes(second)) return second
    return `room ${second}`
  }
  if (top === 'adapters') return third === undefined ? 'adapters' : second === 'kit' ? 'kit' : `adapter ${second}`
  return file.startsWith('web-console/dev/') ? 'scripts' : top
}

/** Zones that a zone may import at run time, beside itself; `undefined` means any. */
function mayImport(zone: string): readonly string[] | undefined {
  if (zone === 'core') return []
  if (zone === 'kit') return ['core']
  if (zone.startsWith('adapter ')) return ['core', 'kit']
  if (zone === 'adapters') return ['core', ...PROTOCOLS.map(name => `adapter ${name}`)]
  if (zone === 'composition') return undefined
  if (zone === 'web-console') return []
  return ['scripts', 'tests', 'testing'].includes(zone) ? undefined : ['core']
}

const isTest = (file: string) => /\.test\.tsx?$|\/testing(\.ts$|\/)/.test(file)
const isSimulator = (file: string) => /^adapters\/[^/]+\/(simulator\.ts$|simulator\/|simulated-)/.test(file)
const isFrame = (file: string) => /^adapters\/[^/]+\/(frame|[a-z-]+-frame)\.ts$/.test(file)

interface Edge {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

/** Imports of our own files. */
const EDGES: readonly Edge[] = FILES.flatMap(from =>
  importsOf(join(ROOT, from))
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, typeOnly }) => ({ from, to: normalize(join(from, '..', specifier)), typeOnly }))
)

const shown = (edges: readonly Edge[]) => edges.map(({ from, to }) => `${from} → ${to}`)

it('imports go only in the directions of the architecture', () => {
  const wrong = EDGES.filter(({ from, to, typeOnly }) => {
    const [zone, target] = [zoneOf(from), zoneOf(to)]
    const allowed = mayImport(zone)
    if (zone === target || allowed === undefined || allowed.includes(target)) return false
    if (isTest(from) && target === 'testing') return false
    return !(zone === 'web-console' && target === 'core' && (typeOnly || isTest(from)))
  })
  expect(shown(wrong)).toEqual([])
})

it('the composition root loads nothing that exists for tests or scripts', () => {
  const wrong = EDGES.filter(
    ({ from, to }) => zoneOf(from) === 'composition' && !isTest(from) && /^(scripts|tests|gateway\/testing)\//.test(to)
  )
  expect(shown(wrong)).toEqual([])
})

it('the core imports no package at run time, and of types only those of typebox', () => {
  const wrong = FILES.filter(file => zoneOf(file) === 'core' && !isTest(file)).flatMap(file =>
    importsOf(join(ROOT, file))
      .filter(({ specifier, typeOnly }) => !specifier.startsWith('.') && !(typeOnly && specifier === 'typebox'))
      .map(({ specifier }) => `${file} → ${specifier}`)
  )
  expect(wrong).toEqual([])
})

it('a simulator shares nothing with the decoder but the frames', () => {
  const wrong = EDGES.filter(({ from, to, typeOnly }) => {
    if (!isSimulator(from) || isTest(from)) return false
    return !(isSimulator(to) || isFrame(to) || zoneOf(to) === 'kit' || (typeOnly && zoneOf(to) === 'core'))
  })
  expect(shown(wrong)).toEqual([])
})

it('nothing that runs in the gateway loads a simulator', () => {
  const wrong = EDGES.filter(({ from, to }) => {
    const runs = /^(gateway|adapters)\//.test(from) && !isTest(from) && !isSimulator(from) && zoneOf(from) !== 'testing'
    return runs && isSimulator(to)
  })
  expect(shown(wrong)).toEqual([])
})

it.each(PROTOCOLS)('the protocol %s has its files and stands in the list', protocol => {
  const folder = join(ROOT, 'adapters', protocol)
  const fixed = [
    'README.md',
    'index.ts',
    'config.ts',
    'frame.ts',
    'decode.ts',
    'session.ts',
    'simulator.ts',
    'adapter.test.ts'
  ]
  expect(fixed.filter(file => !existsSync(join(folder, file)))).toEqual([])
  expect(existsSync(join(folder, 'frames')) && readdirSync(join(folder, 'frames')).length).toBeGreaterThan(0)
  expect(EDGES).toContainEqual(
    expect.objectContaining({ from: 'adapters/index.ts', to: `adapters/${protocol}/index.ts` })
  )
})

it('no file is longer than 400 lines, nine in ten at most 250, the middle one at most 120', () => {
  const lengths = FILES.map(file => ({
    file,
    lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1
  })).sort((a, b) => a.lines - b.lines)
  const at = (part: number) => lengths[Math.floor((lengths.length - 1) * part)]?.lines ?? 0
  expect(lengths.filter(({ lines }) => lines > 400)).toEqual([])
  expect({ median: at(0.5), ninetieth: at(0.9) }).toSatisfy(
    ({ median, ninetieth }: { median: number; ninetieth: number }) => median <= 120 && ninetieth <= 250
  )
})

it('every file begins by saying what it is for', () => {
  const silent = FILES.filter(file => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(ROOT, file), 'utf8')))
  expect(silent).toEqual([])
})

it.each(['README.md', 'README.zh-CN.md'])('%s lists every page of the console, and no other', readme => {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
  const pages = [...read('web-console/src/app.tsx').matchAll(/^ {2}'(\/[a-z-]*)': \{/gm)].map(([, page]) => page)
  const listed = [...read(readme).matchAll(/^\| `(\/[a-z-]*)` +\|/gm)].map(([, page]) => page)
  expect(pages.length).toBeGreaterThan(20)
  expect(listed.toSorted()).toEqual(pages.toSorted())
})
