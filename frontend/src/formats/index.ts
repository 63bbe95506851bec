// Every format at one door, for the tests.
export * from "./bytes";
export * from "./canonical";
export * from "./passkey";
export * from "./recovery";
export * from "./salt";
export * from "./split";
export * from "./statement";
export * from "./trust";
export * from "./words";
export * from "./wrap";
