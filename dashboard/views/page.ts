/** What every page knows beside its own content. */
export interface PageContext {
  /** Where the dashboard is mounted: '' or `/logvitals`. */
  readonly base: string;
  /** Folder of the present asset version, under `base`. */
  readonly assets: string;
  /** The product's name as the settings have it. */
  readonly title: string;
  /** IANA zone that times are shown in. */
  readonly zone: string;
  readonly now: bigint;
  /** How many alerts fire now. */
  readonly firing: number;
  /** Records per second received lately. */
  readonly rate: number;
}
