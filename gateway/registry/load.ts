/** Reads and checks a registry file and its grid; every fault is told at once, with its place. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Errors } from 'typebox/value'
import { type GridCellId, id, protocolOf } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { fileJson, fileText } from '../core/file-text.ts'
import type { GeoPoint } from '../core/geo.ts'
import { PUBLIC_MIN_DAYS } from '../core/recording.ts'
import type { CameraRow, GridCellRow, GroupRow, SourceRow, SubjectRow, UnitRow } from '../core/unit.ts'
import { pathOf, type RowFault, withLines } from './fault-lines.ts'
import { RegistryFile } from './schema.ts'
import { readYaml, type YamlRead } from './yaml-text.ts'

export interface SiteRow {
  readonly code: string
  readonly name: string
  readonly centre: string
  readonly timeZone: string
  readonly center?: GeoPoint
}

export interface RegistryData {
  readonly site?: SiteRow
  readonly groups: readonly GroupRow[]
  readonly subjects: readonly SubjectRow[]
  readonly sources: readonly SourceRow[]
  readonly cameras: readonly CameraRow[]
  readonly units: readonly UnitRow[]
  readonly gridCells: readonly GridCellRow[]
}

export const EMPTY_REGISTRY: RegistryData = {
  groups: [],
  subjects: [],
  sources: [],
  cameras: [],
  units: [],
  gridCells: []
}

const MAX_FAULTS_SHOWN = 50
/** Characters; smaller ones are read in less time than a process takes to start. */
const LARGE_TEXT = 500_000
const MAX_JSON_BYTES = 1_000_000_000
const run = promisify(execFile)

/** Throws CONFIG_INVALID naming every wrong key, every id used twice and every reference to a row that does not exist. */
export async function loadRegistry(file: string): Promise<RegistryData> {
  const text = await readFile(file)
    .then(fileText)
    .catch(error => {
      throw new GatewayError(
        'CONFIG_INVALID',
        { file, faults: `cannot be read: ${(error as Error).message}` },
        { cause: error }
      )
    })
  const raw = await parseYaml(text, file)
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    fail(file, ['holds no registry; it wants the tables site, groups, subjects, sources, cameras and units'])
  const wrong = Errors(RegistryFile, raw).map(e => ({
    ...{ path: pathOf(e.instancePath), text: `${e.instancePath || '/'}: ${e.message}` }
  }))
  const name = (raw as { readonly grid?: unknown } | null)?.grid
  const grid = typeof name === 'string' && name !== '' ? await loadGrid(resolve(dirname(file), name)) : NO_GRID
  if (wrong.length > 0) failAt(file, text, wrong, grid.faults)
  const data = { ...(raw as Omit<RegistryData, 'gridCells'>), gridCells: grid.cells }
  const broken = [
    ...repeated(data),
    ...dangling(data),
    ...data.sources.flatMap((row, n) => at('sources', n, fenceFaults(row))),
    ...unseen(data),
    ...data.cameras.flatMap((row, n) => at('cameras', n, [...unreadable(row), ...tooShort(row)]))
  ]
  if (broken.length + grid.faults.length > 0) failAt(file, text, broken, grid.faults)
  return data
}

const at = (table: keyof RegistryData, row: number, faults: readonly string[]): readonly RowFault[] =>
  faults.map(text => ({ path: [table, row], text }))

function fenceFaults({ id: source, locator }: SourceRow): string[] {
  const fence = locator?.fence
  if (!fence || (fence.circle === undefined) !== (fence.polygon === undefined)) return []
  return [`sources: the fence of ${source} is either a circle or a polygon`]
}

async function parseYaml(text: string, file: string): Promise<unknown> {
  const read = text.length < LARGE_TEXT ? readYaml(text) : await readInProcess(text)
  return read.ok ? read.value : fail(file, [read.why])
}

async function readInProcess(text: string): Promise<YamlRead> {
  const entry = fileURLToPath(new URL('./yaml-process.ts', import.meta.url))
  const reading = run(process.execPath, [entry], { maxBuffer: MAX_JSON_BYTES })
  // A reader that dies says so by its exit; the broken pipe behind it says nothing more.
  reading.child.stdin?.on('error', () => {})
  reading.child.stdin?.end(text)
  return JSON.parse((await reading).stdout) as YamlRead
}

function fail(file: string, faults: readonly string[]): never {
  throw new GatewayError('CONFIG_INVALID', {
    file,
    count: faults.length,
    faults: faults.slice(0, MAX_FAULTS_SHOWN).join('\n')
  })
}

/** Faults of the file's own rows with their lines, and those of its grid. */
function failAt(file: string, text: string, faults: readonly RowFault[], grid: readonly string[]): never {
  const shown = withLines(text, faults.slice(0, MAX_FAULTS_SHOWN))
  fail(file, [...grid, ...shown, ...faults.slice(MAX_FAULTS_SHOWN).map(each => each.text)])
}

function repeated(data: RegistryData): RowFault[] {
  const faults: RowFault[] = []
  for (const table of ['groups', 'subjects', 'sources', 'cameras', 'units', 'gridCells'] as const) {
    const seen = new Set<string>()
    for (const [n, row] of data[table].entries()) {
      if (seen.has(row.id)) faults.push(...at(table, n, [`${table}: the id ${row.id} is used twice`]))
      seen.add(row.id)
    }
  }
  return faults
}

function dangling(data: RegistryData): RowFault[] {
  const ids = (rows: readonly { readonly id: string }[]) => new Set<string>(rows.map(row => row.id))
  const subjects = ids(data.subjects)
  const groups = ids(data.groups)
  return [
    ...data.sources.flatMap((s, n) =>
      at(
        'sources',
        n,
        [s.subjectId, ...(s.alsoSubjectIds ?? [])]
          .filter(each => !subjects.has(each))
          .map(each => `sources: ${s.id} names the subject ${each}, which is not listed`)
      )
    ),
    ...data.sources.flatMap((s, n) =>
      s.alsoSubjectIds?.includes(s.subjectId)
        ? at('sources', n, [`sources: ${s.id} names the subject ${s.subjectId} twice`])
        : []
    ),
    ...data.subjects.flatMap((s, n) =>
      s.groupId && !groups.has(s.groupId)
        ? at('subjects', n, [`subjects: ${s.id} names the group ${s.groupId}, which is not listed`])
        : []
    )
  ]
}

/** A picture from inside a vehicle is asked for by its terminal of JT/T 808; a vehicle without one yet may still have it approved. */
function unseen({ subjects, sources }: RegistryData): RowFault[] {
  const terminals = Map.groupBy(
    sources.filter(({ kind }) => kind === 'taxi'),
    ({ subjectId }) => subjectId
  )
  return subjects.flatMap(({ id: subjectId, cameras }, n) => {
    const own = cameras?.length ? (terminals.get(subjectId) ?? []) : []
    if (own.length === 0 || own.some(each => protocolOf(each.id) === 'jt808')) return []
    const names = own.map(each => each.id).join(', ')
    return at('subjects', n, [
      `subjects: ${subjectId} has cameras inside, and its terminal ${names} cannot be asked for them: only one of JT/T 808 can (jt808:…); take cameras away or list that terminal`
    ])
  })
}

/** What the video plane cannot read is said here, not by a camera that stays dark. */
function unreadable(row: CameraRow): string[] {
  return (['main', 'sub'] as const).flatMap(kind => {
    const stream = row.streams?.[kind]
    const place = `cameras: ${row.id} ${kind}`
    return [
      ...(stream?.url.startsWith('rtsps:') && row.transport === 'udp'
        ? [
            `${place}: rtsps:// carries the video inside the encrypted connection; take transport udp away or give rtsp://`
          ]
        : []),
      ...(stream?.codec === 'mjpeg'
        ? [`${place}: mjpeg is not read; set the stream to h264 or h265 in the camera`]
        : [])
    ]
  })
}

/** What public cameras record must be kept; a plan without spans would record nothing. */
function tooShort({ id: cameraId, ownership, recording }: CameraRow): string[] {
  const days = recording?.days
  return [
    ...(ownership === 'public' && days !== undefined && days < PUBLIC_MIN_DAYS
      ? [
          `cameras: ${cameraId} recording.days is ${days}; a public camera's recordings are kept ${PUBLIC_MIN_DAYS} days at least`
        ]
      : []),
    ...(recording?.mode === 'schedule' && recording.schedule === undefined
      ? [`cameras: ${cameraId} recording.mode is schedule; give recording.schedule its spans`]
      : [])
  ]
}

interface Grid {
  readonly cells: readonly GridCellRow[]
  readonly faults: readonly string[]
}

const NO_GRID: Grid = { cells: [], faults: [] }

interface Feature {
  readonly properties?: Record<string, unknown> | null
  readonly geometry?: { readonly type: string; readonly coordinates: unknown }
}

/** Grid cells from GeoJSON polygons with the properties code or id, name, level, unitId. */
async function loadGrid(file: string): Promise<Grid> {
  const cells: GridCellRow[] = []
  const faults: string[] = []
  try {
    const json = fileJson(await readFile(file)) as { readonly features?: readonly (Feature | null)[] } | null
    if (!Array.isArray(json?.features)) return { cells, faults: [`${file}: wants a GeoJSON FeatureCollection`] }
    for (const [index, feature] of json.features.entries()) {
      const cell = cellOf(feature ?? {})
      const place = `${file}: feature ${index + 1}`
      if (!cell) faults.push(`${place} wants a Polygon with the property id or code`)
      else if (!isClosed(cell.ring)) faults.push(`${place} wants a closed ring of at least 4 points`)
      else {
        cells.push(cell)
        const wrong = cellFault(cell, feature?.properties?.level)
        if (wrong) faults.push(`${place} (${cell.name}) ${wrong}`)
      }
    }
    const codes = new Set<string>(cells.map(cell => cell.id))
    const lost = cells.filter(({ parentId }) => parentId !== undefined && !codes.has(parentId))
    faults.push(
      ...lost.map(({ name, parentId }) => `${file}: ${name} names the parent ${parentId}, which is not in the file`)
    )
  } catch (error) {
    faults.push(`${file}: ${(error as Error).message}`)
  }
  return { cells, faults }
}

/** What would be drawn and searched in the wrong place, or nowhere. */
function cellFault({ ring }: GridCellRow, level: unknown): string | undefined {
  if (level !== undefined && ![1, 2, 3].includes(level as number))
    return `has the level ${JSON.stringify(level)}; allowed: 1, 2 or 3`
  const isOnEarth = ring.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90)
  return isOnEarth
    ? undefined
    : 'wants positions [longitude, latitude] within ±180 and ±90; they may be the other way round'
}

/** RFC 7946 clause 3.1.6: four or more positions, the last one equal to the first. */
function isClosed(ring: GridCellRow['ring']): boolean {
  const sound = (point: unknown): boolean => Array.isArray(point) && point.length >= 2 && point.every(Number.isFinite)
  if (!Array.isArray(ring) || ring.length < 4 || !ring.every(sound)) return false
  const [first, last] = [ring[0], ring.at(-1)]
  return first?.[0] === last?.[0] && first?.[1] === last?.[1]
}

function cellOf({ properties, geometry }: Feature): GridCellRow | undefined {
  const p = properties ?? {}
  const code = p.id ?? p.code
  if (geometry?.type !== 'Polygon' || typeof code !== 'string') return undefined
  return {
    id: id<GridCellId>(code),
    name: String(p.name ?? code),
    level: (p.level === 1 || p.level === 2 ? p.level : 3) as 1 | 2 | 3,
    ring: (geometry.coordinates as [number, number][][] | undefined)?.[0] ?? [],
    unitId: typeof p.unitId === 'string' ? id(p.unitId) : undefined,
    parentId: typeof p.parent === 'string' ? id(p.parent) : undefined
  }
}
