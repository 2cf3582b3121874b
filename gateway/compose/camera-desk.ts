/** The administrator's desk of cameras: found on the network, entered, changed, removed; pictures, recording, map and alarms go by it at once. */
import { setImmediate as turn } from 'node:timers/promises'
import { id } from '../core/brand.ts'
import type { CameraDetail, CameraDraft, CameraLine, FoundCamera } from '../core/camera-record.ts'
import { GatewayError } from '../core/errors.ts'
import { createFinder } from '../core/find.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import { createSerial } from '../core/serial.ts'
import type { CameraRow } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { CameraRooms } from '../http/record-ports.ts'
import { checkCamera } from '../registry/camera-check.ts'
import { CAMERA_CSV_HEAD, cameraLine } from '../registry/camera-csv.ts'
import { judgeCameras } from '../registry/camera-import.ts'
import type { Latest } from '../registry/latest.ts'
import type { Records } from '../registry/records.ts'
import type { Registry } from '../registry/registry.ts'
import type { Cameras } from './cameras.ts'
import type { Credentials } from './credentials.ts'

export interface CameraDeskDeps {
  readonly registry: Pick<Registry, 'rows'>
  readonly cameraRecords: Records<CameraRow>
  readonly cameras: Pick<Cameras, 'all' | 'refresh'>
  readonly latest: Pick<Latest, 'cameraOf' | 'cameraAt' | 'devices' | 'rematch'>
  readonly credential: Credentials
  readonly hub: Pick<Hub, 'broadcast'>
  readonly incidents: { all(): Iterable<Incident> }
}

const ADAPTER = 'onvif'
type Checked = Extract<ReturnType<typeof checkCamera>, { ok: true }>

/** Cameras committed, or written out, before others get their turn. */
const PART = 250

export function createCameraDesk(deps: CameraDeskDeps): CameraRooms {
  const { cameraRecords: records, cameras, latest } = deps
  const { rows } = deps.registry
  const serial = createSerial()
  const find = createFinder<CameraRow>(row => [
    ...[row.id, row.name, row.owner, row.station, row.nationalCode, row.gridCellId],
    ...[row.onvif?.address, row.onvif?.endpoint, ...(row.sourceIds ?? [])]
  ])
  const known = (cameraId: string): CameraRow => {
    const row = rows.cameras.byId(cameraId)
    if (!row) throw new GatewayError('NOT_FOUND', { camera: cameraId.slice(0, 80) })
    return row
  }
  const unchanged = (cameraId: string, version: number): void => {
    if (records.versionOf(cameraId) !== version) throw new GatewayError('CONFLICT_RETRY', { camera: cameraId })
  }
  const line = (row: CameraRow): CameraLine => {
    const cell = (row.gridCellId && rows.cells.byId(row.gridCellId)) || rows.cells.at(row.position)
    const listed = row.streams?.main !== undefined || row.streams?.sub !== undefined
    return {
      ...{ id: row.id, name: row.name, ownership: row.ownership, owner: row.owner, station: row.station },
      nationalCode: row.nationalCode,
      gridCell: cell && { id: cell.id, name: cell.name },
      sources: row.sourceIds?.length ?? 0,
      reached: listed ? 'listed' : latest.cameraOf(row.id) ? 'found' : row.onvif ? 'awaited' : 'none',
      version: records.versionOf(row.id)
    }
  }
  /** As the ONVIF session asks for it: by its endpoint, else its address; of a listed stream by its id. */
  const loginKey = (row: CameraRow): string =>
    row.onvif?.endpoint ?? latest.cameraOf(row.id)?.endpoint ?? row.onvif?.address ?? row.credential ?? row.id
  /** Everybody who shows, records or searches it goes by the new rows. */
  const apply = async (): Promise<void> => {
    latest.rematch()
    await cameras.refresh()
  }
  /** A camera and its log-in are one commit: one that is tried again after a failure is not there twice. */
  const write = async ({ row, fields, isNew }: Checked, { login }: CameraDraft, user: SessionUser): Promise<void> => {
    const object = `camera:${row.id}`
    const said = isNew ? [] : fields
    const detail = { change: isNew ? 'made' : 'changed', fields: said.join(' ') }
    const changes = fields.length > 0 ? [{ recordId: row.id, value: row, fields: said }] : []
    const stored = login && {
      ...{ adapter: ADAPTER, key: loginKey(row), username: login.username.trim(), password: login.password }
    }
    const words = [
      ...(changes.length > 0 ? [{ action: 'camera.save', object, detail }] : []),
      ...(stored ? [{ action: 'camera.login', object, detail: {} }] : [])
    ]
    if (words.length === 0) return
    await records.save(changes, user, words, stored ? [stored] : [])
    if (stored) deps.credential.stored(stored)
  }

  return {
    page(query) {
      const { rows: shown, ...page } = find(rows.cameras.all, query)
      return { ...page, rows: shown.map(line) }
    },
    async detail(cameraId): Promise<CameraDetail> {
      const row = known(cameraId)
      const found = latest.cameraOf(row.id)
      const history = await records.history(cameraId)
      const login = await deps.credential(ADAPTER, loginKey(row))
      return {
        ...{ draft: draftOf(row), version: records.versionOf(cameraId), history, hasLogin: login !== undefined },
        ...{ maker: found?.maker, model: found?.model }
      }
    },
    found(): readonly FoundCamera[] {
      return latest.devices().flatMap(({ deviceId: endpoint, protocol, origin = '', maker, model, detail }) => {
        const address = origin.replace(/^udp /, '')
        if (protocol !== ADAPTER || latest.cameraAt({ endpoint, address }) !== undefined) return []
        return { endpoint, address, maker, model, wantsLogin: detail?.unauthorized === true }
      })
    },
    save: (draft, version, user) =>
      serial.run('cameras', async () => {
        if (draft.id !== undefined) known(draft.id)
        const checked = checkCamera(draft, rows)
        if (!checked.ok) return { saved: false, faults: checked.faults }
        const { row } = checked
        unchanged(row.id, version)
        await write(checked, draft, user)
        await apply()
        const view = cameras.all().filter(each => each.id === row.id)
        deps.hub.broadcast(FLOOR, { type: 'cameras', cameras: view })
        return { saved: true, id: row.id, version: records.versionOf(row.id) }
      }),
    remove: (cameraId, version, user) =>
      serial.run('cameras', async () => {
        const { name } = known(cameraId)
        unchanged(cameraId, version)
        // Its pictures are what is looked at, and kept as evidence, while somebody calls for help there.
        const at = [...deps.incidents.all()].find(
          each => isOpen(each) && each.cameras.some(camera => camera.cameraId === cameraId)
        )
        if (at) return { saved: false, faults: [{ field: '', code: 'calling', value: name, other: at.number }] }
        const words = { action: 'camera.remove', object: `camera:${cameraId}`, detail: {} }
        await records.save([{ recordId: cameraId, fields: [] }], user, words)
        await apply()
        return { saved: true, id: cameraId, version: records.versionOf(cameraId) }
      }),
    preview: async text => (await judgeCameras(text, rows, draftOf)).report,
    import: (text, file, user) =>
      serial.run('cameras', async () => {
        const { report, changes } = await judgeCameras(text, rows, draftOf)
        if (report.faultCount > 0 || changes.length === 0) return report
        try {
          for (let at = 0; at < changes.length; at += PART) {
            const part = changes.slice(at, at + PART)
            const detail = { file: file.slice(0, 120), from: at + 1, to: at + part.length, of: changes.length }
            await records.save(part, user, { action: 'camera.import', object: 'cameras', detail })
            await turn()
          }
        } finally {
          // The parts before one that failed are true.
          await apply()
          deps.hub.broadcast(FLOOR, { type: 'cameras', cameras: cameras.all() })
        }
        return report
      }),
    async export(user) {
      const { all } = rows.cameras
      await records.save([], user, { action: 'camera.export', object: 'cameras', detail: { count: all.length } })
      const lines = [CAMERA_CSV_HEAD]
      for (const [n, row] of all.entries()) {
        lines.push(cameraLine(row))
        if (n % PART === PART - 1) await turn()
      }
      return `\ufeff${lines.join('\r\n')}\r\n`
    }
  }
}

/** What a form shows of a row; never a log-in. */
function draftOf(row: CameraRow): CameraDetail['draft'] {
  const { id: cameraId, name, ownership, owner, station, nationalCode, position, yawDeg, fovDeg } = row
  return {
    ...{ id: id(cameraId), name, ownership, owner, station, nationalCode, position, yawDeg, fovDeg },
    ...{ infrared: row.infrared, audio: row.audio, gridCellId: row.gridCellId, sourceIds: row.sourceIds ?? [] },
    ...{ endpoint: row.onvif?.endpoint, address: row.onvif?.address, transport: row.transport },
    ...{ mainUrl: row.streams?.main?.url, subUrl: row.streams?.sub?.url }
  }
}
