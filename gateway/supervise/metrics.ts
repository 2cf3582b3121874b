/** The figures of /metrics in the words of the domain; a registry of its own, so that two gateways in one test do not mix. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Priority } from '../core/priority.ts'

/** Values that are read when somebody looks. */
export interface Readings {
  /** Signals accepted and not yet worked into an incident. */
  readonly queue: () => number
  readonly feedClients: () => number
  readonly openIncidents: () => number
  /** 1 while the journal takes signals, 0 while devices are not acknowledged. */
  readonly storeWritable: () => number
}

/** Times are given in milliseconds and shown in seconds, as Prometheus wants them. */
export interface Metrics {
  /** Frame received → visible on a console. */
  deliveryLatency(ms: number): void
  /** Visible → acknowledged. */
  answerTime(ms: number, priority: Priority): void
  /** Acknowledged → first offer. */
  dispatchTime(ms: number, priority: Priority): void
  /** Alarm → first unit on scene. */
  responseTime(ms: number, priority: Priority): void
  /** End of post-roll → playable. */
  clipReadyTime(ms: number): void
  signal(adapter: string, outcome: 'accepted' | 'duplicate'): void
  rejected(adapter: string, reason: string, count?: number): void
  restarted(part: string): void
  /** What overload dropped (rule 8): status and positions, never alarms. */
  shed(what: string, count?: number): void
  read(readings: Readings): void
  readonly contentType: string
  text(): Promise<string>
}

/** Seconds; the alarm line's goal is 0.05. */
const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]
/** Seconds; the targets of the domain's table lie on bounds: 10, 15, 20, 60, 90 s, 5 and 10 min. */
const HUMAN = [2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800]
const CLIP = [0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const histogram = (name: string, help: string, buckets: readonly number[]) =>
    new Histogram({ name: `pingan_${name}_seconds`, help, buckets: [...buckets], registers })
  const byPriority = (name: string, help: string) => {
    const times = new Histogram({
      name: `pingan_${name}_seconds`,
      help,
      buckets: HUMAN,
      labelNames: ['priority'],
      registers
    })
    return (ms: number, priority: Priority) => times.observe({ priority }, ms / 1000)
  }
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `pingan_${name}_total`, help, labelNames, registers })

  const delivery = histogram('delivery_latency', 'DeliveryLatency: frame received to visible on a console', FAST)
  const clips = histogram('clip_ready_time', 'ClipReadyTime: end of post-roll to playable', CLIP)
  const signals = counter('signals', 'Signals made durable; a duplicate is a retransmission', ['adapter', 'outcome'])
  const rejected = counter('rejected', 'Bad frames, datagrams and calls', ['adapter', 'reason'])
  const restarts = counter('restarts', 'Restarts of a part by the supervisor', ['part'])
  const shed = counter('shed', 'Dropped by overload: status and positions, never alarms', ['what'])

  return {
    deliveryLatency: ms => delivery.observe(ms / 1000),
    answerTime: byPriority('answer_time', 'AnswerTime: visible to acknowledged the first time'),
    dispatchTime: byPriority('dispatch_time', 'DispatchTime: acknowledged to first offer'),
    responseTime: byPriority('response_time', 'ResponseTime: alarm to first unit on scene'),
    clipReadyTime: ms => clips.observe(ms / 1000),
    signal: (adapter, outcome) => signals.inc({ adapter, outcome }),
    rejected: (adapter, reason, count = 1) => rejected.inc({ adapter, reason }, count),
    restarted: part => restarts.inc({ part }),
    shed: (what, count = 1) => shed.inc({ what }, count),
    read(readings) {
      gauge('queue', 'Signals accepted and not yet worked into an incident', readings.queue)
      gauge('feed_clients', 'Consoles and phones connected to the feed', readings.feedClients)
      gauge('open_incidents', 'Incidents not closed', readings.openIncidents)
      gauge(
        'store_writable',
        '1 while signals can be stored, 0 while devices are not acknowledged',
        readings.storeWritable
      )
    },
    contentType: registry.contentType,
    text: () => registry.metrics()
  }

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name: `pingan_${name}`,
      help,
      registers,
      collect() {
        this.set(value())
      }
    })
  }
}
