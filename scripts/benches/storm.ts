/**
 * A storm: 20,000 sources press once each within 10 s (10,000 boxes by MQTT, 4,000 taxis by JT/T 808 over TCP, 6,000 telephones by SIP over
 * UDP), each of a subject of its own, so 20,000 incidents; one console watches. What is installed is measured, without cameras (see clip-storm).
 */
import { option, percentile, report } from './kit.ts'
import { figuresOf, runStorm } from './parts/storm-run.ts'

/** For a smaller storm on a smaller machine: the three kinds keep their shares. */
const SOURCES = option('sources', 20_000)
const boxes = Math.round(SOURCES * 0.5)
const taxis = Math.round(SOURCES * 0.2)

const storm = await runStorm({ boxes, taxis, phones: SOURCES - boxes - taxis, seconds: option('seconds', 10) })
const p99 = (protocol: string): number =>
  percentile(
    storm.presses.flatMap(({ source, atMs, acknowledgedAtMs }) =>
      source.startsWith(protocol) && acknowledgedAtMs !== undefined ? [acknowledgedAtMs - atMs] : []
    ),
    99
  )
report({
  bench: 'storm',
  figures: {
    ...figuresOf(storm),
    mqttP99Ms: p99('mqtt'),
    jt808P99Ms: p99('jt808'),
    sipP99Ms: p99('sip'),
    callsAnswered: storm.presses.filter(press => press.answered).length
  },
  goals: {
    presses: { min: SOURCES },
    notAcknowledged: { max: 0 },
    notStored: { max: 0 },
    notOnConsole: { max: 0 },
    double: { max: 0 },
    acknowledgedP99Ms: { max: 2_000 },
    onConsoleP99Ms: { max: 2_000 },
    peakMb: { max: 500 },
    feedFaults: { max: 0 }
  }
})
process.exit()
