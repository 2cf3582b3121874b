/** Cameras as the administrator sees and changes them (/api/camera-records). */
import type { GeoPoint } from './geo.ts'
import type { RecordVersion } from './subject-record.ts'
import type { CameraRow } from './unit.ts'

export interface CameraLine {
  readonly id: string
  readonly name: string
  readonly ownership: CameraRow['ownership']
  readonly owner?: string
  readonly station?: string
  readonly nationalCode?: string
  readonly gridCell?: { readonly id: string; readonly name: string }
  /** Sources that it looks at. */
  readonly sources: number
  /** Where its pictures come from: its streams are listed, it was found on the network, or it is only a place on the map. */
  readonly reached: 'listed' | 'found' | 'awaited' | 'none'
  readonly version: number
}

export interface CameraDraft {
  readonly id?: string
  readonly name: string
  readonly ownership: CameraRow['ownership']
  readonly owner?: string
  readonly station?: string
  /** 20 digits, GB/T 28181. */
  readonly nationalCode?: string
  readonly position?: GeoPoint
  readonly yawDeg?: number
  readonly fovDeg?: number
  readonly infrared?: boolean
  readonly audio?: boolean
  readonly gridCellId?: string
  readonly sourceIds: readonly string[]
  readonly endpoint?: string
  readonly address?: string
  readonly mainUrl?: string
  readonly subUrl?: string
  readonly transport?: CameraRow['transport']
  /** Never shown again; absent: it stays as it is. */
  readonly login?: { readonly username: string; readonly password: string }
}

export interface CameraDetail {
  readonly draft: CameraDraft & { readonly id: string }
  readonly version: number
  readonly hasLogin: boolean
  readonly maker?: string
  readonly model?: string
  readonly history: readonly RecordVersion[]
}

/** On the network, and no record names it. */
export interface FoundCamera {
  readonly endpoint: string
  readonly address: string
  readonly maker?: string
  readonly model?: string
  /** Its log-in was refused, or none is known: its record wants one. */
  readonly wantsLogin: boolean
}

export const CAMERA_LIMITS = { name: 60, owner: 60, sources: 20, url: 300 } as const
