declare module "govuk-frontend" {
  /** Starts every component that the page has marked with `data-module`. */
  export function initAll(): void;
}
