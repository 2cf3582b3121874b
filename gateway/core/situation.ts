/** What a patrol can report without an order 上报情况, in the words that the record keeps. */

export const SITUATION_KINDS = ['fight', 'fire', 'accident', 'fallen', 'hazard', 'other'] as const
/** As the video patrol names what it sees, but for faults of the picture. */
export type SituationKind = (typeof SITUATION_KINDS)[number]

export const SITUATION_WORDS: Readonly<Record<SituationKind, { readonly zh: string; readonly en: string }>> = {
  fight: { zh: '打架斗殴', en: 'Fight' },
  fire: { zh: '火情烟雾', en: 'Fire or smoke' },
  accident: { zh: '交通事故', en: 'Traffic accident' },
  fallen: { zh: '人员倒地求助', en: 'Person down, needs help' },
  hazard: { zh: '道路、设施险情', en: 'Hazard on road or site' },
  other: { zh: '其他情况', en: 'Other' }
}

/** Raises an incident at `place`, else at the unit's last position; without either it has no place and says so. */
export interface SituationCommand {
  readonly kind: 'situation'
  /** Made at random by the phone: the report, and its photo, are known by it. */
  readonly id: string
  readonly what: SituationKind
  /** At most 500 characters; empty: the kind says all. */
  readonly text: string
  /** WGS-84, of the phone when it was written. */
  readonly place?: { readonly lat: number; readonly lon: number }
  /** A photo follows: POST /api/patrol/situations/:id/photos. */
  readonly photo?: boolean
}
