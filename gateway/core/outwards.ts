/** Outwards 外发: what other systems are told of incidents, and how far each delivery is. */
import type { IncidentId } from './brand.ts'
import type { GeoPoint, StreetName } from './geo.ts'
import type { Disposition, IncidentState, Nature } from './incident.ts'
import type { Priority } from './priority.ts'
import type { AlarmClass, SourceKind } from './signal.ts'

export const SINK_FORMATS = ['json', 'cap', 'contacts'] as const
/** Contacts: all who agreed once the incident is open, or those whom the automatic call did not reach. */
export const CONTACT_TELLS = ['opened', 'unheard'] as const
export const CAP_SCOPES = ['private', 'restricted', 'public'] as const
export const CAP_STATUSES = ['actual', 'exercise', 'test'] as const

/** Another system that is told, as the configuration names it; its secret stands with the log-ins of devices. */
export interface SinkSettings {
  readonly name: string
  /** http or https, never with a log-in in it. */
  readonly url: string
  readonly enabled: boolean
  readonly format: (typeof SINK_FORMATS)[number]
  /** Of CAP. */
  readonly scope: (typeof CAP_SCOPES)[number]
  /** CAP: who a private message is for. */
  readonly addresses: readonly string[]
  /** CAP: the rule that limits a restricted message. */
  readonly restriction: string
  readonly status: (typeof CAP_STATUSES)[number]
  /** Of contacts. */
  readonly tell: (typeof CONTACT_TELLS)[number]
  /** Names, addresses and telephones go out too; never to the public. */
  readonly personal: boolean
  /** Incidents down to this priority. */
  readonly lowestPriority: Priority
  /** Empty: all. */
  readonly classes: readonly AlarmClass[]
}

export type OutwardEvent = 'opened' | 'updated' | 'resolved' | 'cancelled' | 'closed' | 'contact' | 'test'

/** A place that a vehicle told, and when; to three decimals and without the street where personal data stays inside. */
export interface OutwardPlace extends GeoPoint {
  readonly atMs: number
  readonly speedKmh?: number
  /** Clockwise from north. */
  readonly headingDeg?: number
  readonly street?: StreetName
  /** Of `lastKnown`: the grid cell around it; that of the press stands with the incident. */
  readonly gridCell?: string
}

/** An incident as another system sees it: no note, no story, no contact, nobody's health. */
export interface OutwardIncident {
  readonly id: IncidentId
  readonly number: string
  readonly state: IncidentState
  readonly priority: Priority
  readonly alarmClass: AlarmClass
  readonly sourceKind: SourceKind
  readonly nature?: Nature
  readonly duress: boolean
  readonly unverified: boolean
  readonly presses: number
  readonly openedAtMs: number
  readonly acknowledgedAtMs?: number
  readonly onSceneAtMs?: number
  readonly resolvedAtMs?: number
  readonly closedAtMs?: number
  readonly disposition?: Disposition
  readonly gridCell?: string
  /** To three decimals (100 m) where personal data stays inside. */
  readonly position?: GeoPoint
  /** Of a vehicle, or of a person away from home: where it was pressed. */
  readonly pressed?: OutwardPlace
  /** Of a vehicle, while its incident is open: where it was when this message was made. */
  readonly lastKnown?: OutwardPlace
  readonly units: readonly { readonly name: string; readonly state: string }[]
  /** A vehicle has no address but a firm, which is no place of its own. */
  readonly subject?: {
    readonly kind: string
    readonly name: string
    readonly nameEn?: string
    readonly address: string
    readonly firm?: string
    readonly phone?: string
  }
}

export type DeliveryState = 'waiting' | 'dead' | 'delivered'

/** One message to one sink, without its text. */
export interface Delivery {
  /** The same over every try: a receiver knows what it has had. */
  readonly id: string
  readonly sink: string
  readonly event: OutwardEvent
  /** Number of the incident; empty for a test. */
  readonly number: string
  /** Which of the household's contacts, from 1. */
  readonly contact?: number
  readonly state: DeliveryState
  readonly createdAtMs: number
  readonly attempts: number
  readonly bytes: number
  /** Of what waits; absent while it is being sent. */
  readonly nextAtMs?: number
  readonly endedAtMs?: number
  /** HTTP status of the last answer. */
  readonly status?: number
  readonly error?: string
}

export interface SinkView {
  readonly name: string
  /** Host and port only: a path may be a secret of the receiver. */
  readonly host: string
  readonly format: SinkSettings['format']
  readonly scope?: SinkSettings['scope']
  readonly status: SinkSettings['status']
  readonly personal: boolean
  readonly state: 'ready' | 'paused' | 'disabled' | 'open' | 'noSecret' | 'gone'
  /** Where it is named: the configuration or the page; absent: nowhere any more. */
  readonly origin?: 'file' | 'page'
  readonly retryAtMs?: number
  readonly error?: string
  readonly waiting: number
  readonly dead: number
  readonly delivered: number
  readonly lastDeliveredMs?: number
  /** When the newest of its dead letters was given up. */
  readonly lastDeadMs?: number
}

/** Messages of one state that are asked for at once. */
export const DELIVERIES_PAGE = 200

/** Which messages are asked for: those that fit the text, of each state from this place on. */
export interface DeliveriesQuery {
  readonly text?: string
  readonly from?: Readonly<Partial<Record<DeliveryState, number>>>
}

/** What is ordered of one sink: the last two of its dead letters. */
export const SINK_ORDERS = ['pause', 'resume', 'retryAll', 'dropAll'] as const
export type SinkOrder = (typeof SINK_ORDERS)[number]

export interface Deliveries {
  readonly sinks: readonly SinkView[]
  /** How many of each there are that fit the text. */
  readonly found: Readonly<Record<DeliveryState, number>>
  /** What waits (oldest first), what was given up, what was delivered (newest first); of each `DELIVERIES_PAGE` at most. */
  readonly waiting: readonly Delivery[]
  readonly dead: readonly Delivery[]
  readonly delivered: readonly Delivery[]
}
