/** The video wall 视频墙 and the video patrol 视频巡查 as gateway and console exchange them: layouts, tours, plans, rounds, findings. */
import type { Words } from './words.ts'

/** Cells of a page; `alarm16` is the 2 × 2 alarm place with sixteen tiles around it, `6` one large picture and five small ones. */
export const WALL_GRIDS = ['alarm16', '1', '4', '6', '9', '16', '25', '36'] as const
export type WallGrid = (typeof WALL_GRIDS)[number]

/** Bounds of what may be kept; a request beyond them is refused. */
export const WALL_LIMITS = { layouts: 200, tours: 200, pages: 20, tiles: 36, tourCameras: 200, nameLength: 40 } as const

/** A person as the wall's records name him; `login` is the work number 工号. */
export interface Maker {
  readonly login: string
  readonly name: string
}

/** What every kept record of the wall carries. `version` rises with each change; a write with an older one is a conflict. */
export interface Shelved {
  readonly id: string
  readonly name: string
  /** Seen by every seat; else by its maker alone. Changed by its maker or a leader. */
  readonly shared: boolean
  readonly maker: Maker
  readonly version: number
  readonly updatedAtMs: number
}

/** What stands on a tile; null is a free tile. */
export type WallTile =
  | { readonly kind: 'camera'; readonly cameraId: string }
  | { readonly kind: 'tour'; readonly tourId: string }
  | null

export interface WallLayout extends Shelved {
  readonly grid: WallGrid
  readonly pages: readonly (readonly WallTile[])[]
}

/** A tour 轮巡: cameras shown one after the other, each for `dwellS` seconds (5–300). */
export interface WallTour extends Shelved {
  readonly cameras: readonly string[]
  readonly dwellS: number
}

/** What a person sends to keep one; `version` is that of the record it changes, absent with `id` for a new one. */
export type Draft<T extends Shelved> = Omit<T, 'id' | 'maker' | 'version' | 'updatedAtMs'> & {
  readonly id?: string
  readonly version?: number
}

/** GET /api/wall */
export interface WallState {
  readonly layouts: readonly WallLayout[]
  readonly tours: readonly WallTour[]
}

/** Minutes of the site's day; `toMin` at or before `fromMin` is on the next day (16–00, 22–06), equal is the whole day. */
export interface PatrolShift {
  readonly fromMin: number
  readonly toMin: number
  /** Work numbers of those on duty; each of them may walk the shift's rounds. */
  readonly persons: readonly string[]
}

/** A plan 巡查计划: which cameras are looked at, in which order, by whom, how often. Made by a leader. */
export interface PatrolPlan extends Shelved {
  readonly cameras: readonly string[]
  readonly shifts: readonly PatrolShift[]
  /** A round is due every so many minutes, 10–720. */
  readonly intervalMin: number
  /** Least look at one camera, s, 3–120. */
  readonly minLookS: number
}

export const PATROL_LIMITS = {
  plans: 100,
  cameras: 100,
  shifts: 8,
  persons: 20,
  findings: 50,
  looks: 1_000,
  noteLength: 200
} as const

export const FINDING_KINDS = ['fight', 'fire', 'accident', 'fallen', 'hazard', 'equipment', 'other'] as const
/** 打架斗殴 火情烟雾 交通事故 人员倒地求助 道路设施险情 设备故障画面异常 其他: events, never persons. Keys 1–7 in this order. */
export type FindingKind = (typeof FINDING_KINDS)[number]

/** As the incident says them; a test holds those of the screens beside them. */
export const FINDING_WORDS: Readonly<Record<FindingKind, Words>> = {
  fight: { zh: '打架斗殴', en: 'Fight' },
  fire: { zh: '火情烟雾', en: 'Fire or smoke' },
  accident: { zh: '交通事故', en: 'Traffic accident' },
  fallen: { zh: '人员倒地求助', en: 'Person down, needs help' },
  hazard: { zh: '道路、设施险情', en: 'Hazard on road or site' },
  equipment: { zh: '设备故障、画面异常', en: 'Equipment or picture fault' },
  other: { zh: '其他', en: 'Other' }
}

/** One stretch of looking; `seen` once it lasted for the least look. */
export interface PatrolLook extends Maker {
  readonly cameraId: string
  readonly fromMs: number
  readonly toMs: number
  readonly seen: boolean
}

export interface PatrolSkip extends Maker {
  readonly cameraId: string
  readonly atMs: number
  readonly reason: string
}

export interface PatrolFinding extends Maker {
  /** Given by the console, so that a repeat is the same finding. */
  readonly id: string
  readonly cameraId: string
  readonly atMs: number
  readonly kind: FindingKind
  /** What was written beside it, if anything; before 2026-11-30 with the kind in the words of that screen. */
  readonly note: string
  /** Absent until the incident it became is known. */
  readonly incidentId?: string
}

/** `late`: finished after its time was over and before it closed; `missed`: not finished at all; `withdrawn`: its plan was taken back. */
export type PatrolRoundState = 'open' | 'done' | 'late' | 'missed' | 'withdrawn'

/** One round of one shift, with the plan as it was when the round opened. */
export interface PatrolRound {
  /** Sorts by time. */
  readonly id: string
  readonly planId: string
  readonly planName: string
  readonly shift: PatrolShift
  readonly cameras: readonly string[]
  readonly minLookS: number
  readonly openMs: number
  readonly dueMs: number
  /** After it the round is missed. */
  readonly closesMs: number
  readonly state: PatrolRoundState
  readonly finishedAtMs?: number
  readonly finishedBy?: Maker
  /** It passed while the gateway was not running. */
  readonly gatewayDown?: boolean
  /** The look under way; its beginning is the gateway's time. */
  readonly looking?: Maker & { readonly cameraId: string; readonly fromMs: number }
  readonly looks: readonly PatrolLook[]
  readonly skips: readonly PatrolSkip[]
  readonly findings: readonly PatrolFinding[]
}

/** GET /api/video-patrol: an operator's own rounds and plans; a leader's all, with those missed in the last 24 h. */
export interface VideoPatrolState {
  readonly nowMs: number
  readonly rounds: readonly PatrolRound[]
  readonly missed: readonly PatrolRound[]
  readonly plans: readonly PatrolPlan[]
  /** When the asking person's next round opens; absent when no shift lists him. */
  readonly nextOpenMs?: number
  /** Who can be put into a plan; for leaders only. */
  readonly people: readonly Maker[]
}

/** GET /api/video-patrol/report?fromMs&toMs, 31 days at most. */
export interface VideoPatrolReport {
  readonly fromMs: number
  readonly toMs: number
  readonly rows: readonly {
    readonly planName: string
    readonly fromMin: number
    readonly toMin: number
    /** Who finished; of missed ones who was on duty. */
    readonly person: string
    readonly done: number
    readonly late: number
    readonly missed: number
    readonly findings: number
  }[]
  /** Cameras of the rounds that nobody looked at in all this time. */
  readonly neverSeen: readonly { readonly planName: string; readonly cameraId: string }[]
}
