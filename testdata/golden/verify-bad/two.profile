profile one {
  file,
}
profile two {
  file,
}
