/** Kinds of sources and what a contact may report, in the order in which they are chosen; the gateway's lists, by type. */
import type { AlarmClass, SourceKind } from '../../../../gateway/core/signal.ts'

export const SOURCE_KIND_CHOICES: readonly SourceKind[] = [
  'panicPhone',
  'oneKeyCall',
  'alarmBox',
  'detector',
  'taxi',
  'cameraAnalytics',
  'personReport'
]

export const ALARM_CLASS_CHOICES: readonly AlarmClass[] = [
  'panic',
  'medical',
  'fire',
  'intrusion',
  'gas',
  'water',
  'environment',
  'help',
  'tamper'
]
