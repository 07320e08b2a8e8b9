// atc
