/** What the routes of the administration ask of the house beside those of ports.ts. */
import type { Found, PageQuery } from '../core/find.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { GridLine, GridReport, GridState } from '../core/grid-wire.ts'
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

/** `/api/map` as it goes out. */
export interface MapAnswer {
  /** Another one when anything in it is another. */
  readonly tag: string
  readonly plain: Buffer
  readonly zipped: Buffer
}
