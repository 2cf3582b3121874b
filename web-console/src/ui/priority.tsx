/** Priority as shape and digit: octagon, triangle, disc (filled), square (outline); never colour alone. */
import type { Priority } from '../../../gateway/core/priority.ts'

interface Look {
  readonly shape: React.ReactNode
  readonly ink: string
  readonly baseline: number
}

const LOOKS: Readonly<Record<Priority, Look>> = {
  1: {
    shape: <path d="M7.3 1h9.4L23 7.3v9.4L16.7 23H7.3L1 16.7V7.3z" fill="var(--p1)" />,
    ink: '#fff',
    baseline: 16.6
  },
  2: {
    shape: <path d="M12 1.2 23.4 22H.6z" fill="var(--p2)" stroke="var(--p2)" strokeLinejoin="round" />,
    ink: '#1c1302',
    baseline: 19.2
  },
  3: { shape: <circle cx="12" cy="12" r="11" fill="var(--p3)" />, ink: '#06182a', baseline: 16.6 },
  4: {
    shape: <rect x="2" y="2" width="20" height="20" rx="2" fill="none" stroke="var(--p4)" strokeWidth="1.8" />,
    ink: '#b9c3cb',
    baseline: 16.6
  },
  5: {
    shape: (
      <rect
        x="2"
        y="2"
        width="20"
        height="20"
        rx="2"
        fill="none"
        stroke="var(--p4)"
        strokeWidth="1.8"
        strokeDasharray="3 3"
      />
    ),
    ink: '#b9c3cb',
    baseline: 16.6
  }
}

/** `size` in CSS pixels. Read aloud as P1 … P5. */
export function PriorityShape({ priority, size = 22 }: { readonly priority: Priority; readonly size?: number }) {
  const look = LOOKS[priority]
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" role="img" aria-label={`P${priority}`}>
      {look.shape}
      <text x="12" y={look.baseline} textAnchor="middle" fontSize="13" fontWeight="700" fill={look.ink}>
        {priority}
      </text>
    </svg>
  )
}
