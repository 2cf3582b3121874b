/** The few line icons of the console, 22 × 22 grid, drawn with the text's colour. */
import type { ReactNode } from 'react'
import type { SourceKind } from '../../../gateway/core/signal.ts'

const PATHS = {
  list: <path d="M4 6h14M4 11h14M4 16h14" />,
  check: <path d="M4.5 11.5l4.2 4.3L17.5 6.5" />,
  cross: <path d="M5.5 5.5l11 11M16.5 5.5l-11 11" />,
  warning: <path d="M11 3 20 18.5H2zM11 9v4.5M11 16v.4" />,
  gateway: <path d="M11 15v4M4 19h14M5.5 10.5a8 8 0 0 1 11 0M8 13a4.4 4.4 0 0 1 6 0M4 4l14 12" />,
  panicPhone: (
    <>
      <path d="M5 3h3.2l1.6 4.4-2.2 1.5a11 11 0 0 0 5.5 5.5l1.5-2.2L19 13.8V17a2 2 0 0 1-2.2 2A15 15 0 0 1 3 5.2 2 2 0 0 1 5 3z" />
      <path d="M15 3.5v4M13 5.5h4" />
    </>
  ),
  alarmBox: (
    <>
      <rect x="3.5" y="6" width="15" height="12" rx="1.5" />
      <path d="M8 6V3.5M14 6V3.5M7 14.5h4" />
      <circle cx="14.5" cy="12" r="1.8" />
    </>
  ),
  taxi: <path d="M3 16v-3.5l2-5h12l2 5V16zM5 16v2M17 16v2M8.5 7.5V5h5v2.5M3.5 12.2h15" />,
  oneKeyCall: (
    <>
      <rect x="5" y="2.5" width="12" height="17" rx="3" />
      <circle cx="11" cy="10" r="3.4" />
      <path d="M11 8.4v3.2M9.4 10h3.2" />
    </>
  ),
  detector: (
    <>
      <circle cx="11" cy="15.5" r="2" />
      <path d="M6.8 12a6 6 0 0 1 8.4 0M3.8 8.6a10.4 10.4 0 0 1 14.4 0" />
    </>
  ),
  cameraAnalytics: (
    <>
      <rect x="2.5" y="6.5" width="11.5" height="9" rx="1.5" />
      <path d="M14 9.5l5-2.5v8l-5-2.5" />
    </>
  ),
  personReport: (
    <>
      <circle cx="8.5" cy="7" r="3" />
      <path d="M3 18.5c0-3.6 2.4-5.6 5.5-5.6s5.5 2 5.5 5.6M15.5 4h4v3.6h-2l-1.6 1.6z" />
    </>
  )
} as const satisfies Readonly<Record<SourceKind | 'list' | 'check' | 'cross' | 'warning' | 'gateway', ReactNode>>

export type IconName = keyof typeof PATHS

/** Decoration: the word beside it says what it means. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 22 22"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'check' || name === 'cross' ? 2.2 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {PATHS[name]}
    </svg>
  )
}

/** The shield of 平安网关. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="var(--tx1)"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <path d="M10 1.5 17.5 4v6c0 4.4-3.2 7.2-7.5 8.5C5.7 17.2 2.5 14.4 2.5 10V4z" />
      <path d="M6.6 10.2 9 12.6l4.4-5" />
    </svg>
  )
}
