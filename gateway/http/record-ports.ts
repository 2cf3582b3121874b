/** What the routes of the administration ask of the house beside those of ports.ts. */
import type { CameraDetail, CameraDraft, CameraLine, FoundCamera } from '../core/camera-record.ts'
import type { Found, PageQuery } from '../core/find.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { GridLine, GridReport, GridState } from '../core/grid-wire.ts'
import type { RecordSaved } from '../core/group-record.ts'
import type { ImportReport } from '../core/subject-record.ts'
import type { SessionUser } from '../core/wire.ts'

/** The grid; taking one in and giving it out are audited. */
export interface GridRooms {
  state(): GridState
  page(query: PageQuery): Found<GridLine>
  preview(file: Buffer, datum: GeoPoint['datum']): Promise<GridReport>
  /** CONFLICT_RETRY when `version` is no longer the newest. */
  import(
    file: Buffer,
    how: {
      readonly datum: GeoPoint['datum']
      readonly file: string
      readonly version: number
      readonly accept: boolean
    },
    user: SessionUser
  ): Promise<GridReport>
  /** NOT_FOUND for a version that is gone. */
  export(version: number | undefined, user: SessionUser): Promise<string>
}

/** Cameras as records; every change is audited in the commit that keeps it and true at once. Log-ins are written and never read. */
export interface CameraRooms {
  page(query: PageQuery): Found<CameraLine>
  /** NOT_FOUND. */
  detail(cameraId: string): Promise<CameraDetail>
  /** On the network, and no record names it. */
  found(): readonly FoundCamera[]
  /** CONFLICT_RETRY when `version` is no longer the newest; NOT_FOUND. */
  save(draft: CameraDraft, version: number, user: SessionUser): Promise<RecordSaved>
  /** Its recordings stay for as long as those of cameras that nobody lists. */
  remove(cameraId: string, version: number, user: SessionUser): Promise<RecordSaved>
  preview(text: string): Promise<ImportReport>
  /** Changes nothing while there is a fault. */
  import(text: string, file: string, user: SessionUser): Promise<ImportReport>
  /** A CSV file without log-ins; audited before it is answered. */
  export(user: SessionUser): Promise<string>
}

/** `/api/map` as it goes out. */
export interface MapAnswer {
  /** Another one when anything in it is another. */
  readonly tag: string
  readonly plain: Buffer
  readonly zipped: Buffer
}
